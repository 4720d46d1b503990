"""The settings of recordings: what is kept, how much room it may take, and how to be rid of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import TIMEOUT_MS, open_page
from tests.e2e.making import make, open_tab
from tests.e2e.real_server import ServerProcess, running_server

pytestmark = pytest.mark.browser

ROUTE = "/api/v1/settings/recording"


@pytest.fixture(scope="module")
def own_server(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server of its own: what these tests switch off and remove, others need."""
    with running_server(data_dir=tmp_path_factory.mktemp("settings") / "data", models_dir=tiny_models_dir) as started:
        yield started


@pytest.fixture
def settings(browser: Browser, own_server: ServerProcess) -> Iterator[Page]:
    """The tab, on a server that records every step within 2 GB and has no recordings."""
    httpx.patch(f"{own_server.address}{ROUTE}", json={"record": "steps", "budget_mb": 2000}).raise_for_status()
    for recording in own_server.get("/api/v1/trajectories"):
        httpx.delete(f"{own_server.address}/api/v1/trajectories/{recording['id']}").raise_for_status()
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    open_page(page, own_server)
    yield page
    context.close()


def _picture(server: ServerProcess, **fields: Any) -> dict[str, Any]:
    """Makes a picture and returns it as the library lists it."""
    make(server, prompt="a cat", steps=2, width=64, height=64, **fields)
    return server.get("/api/v1/images?limit=1")[0]


def test_what_is_recorded_can_be_switched_off_and_on_again(settings: Page, own_server: ServerProcess) -> None:
    open_tab(settings, "Settings")
    expect(settings.get_by_role("radio", name="Every step", exact=True)).to_be_checked()
    settings.get_by_role("radio", name="Nothing", exact=True).check()
    expect(settings.get_by_test_id("settings-saved")).to_contain_text("Saved")
    assert _picture(own_server, seed=1)["trajectory"] == ""
    settings.get_by_role("radio", name="with guidance").check()
    own_server.wait_for(ROUTE, lambda told: told["record"] == "guidance")
    recording = _picture(own_server, seed=2)["trajectory"]
    assert own_server.get(f"/api/v1/trajectories/{recording}")["guidance_recorded"] is True
    open_page(settings, own_server)
    open_tab(settings, "Settings")
    expect(settings.get_by_role("radio", name="with guidance")).to_be_checked()


def test_the_budget_is_kept_in_gigabytes_and_a_wrong_one_is_told(settings: Page, own_server: ServerProcess) -> None:
    open_tab(settings, "Settings")
    budget = settings.get_by_test_id("recording-budget")
    expect(budget).to_have_value("2")
    budget.fill("1.5")
    budget.press("Tab")
    own_server.wait_for(ROUTE, lambda told: told["budget_mb"] == 1500)
    budget.fill("0")
    budget.press("Tab")
    settings.get_by_test_id("settings-recording").get_by_test_id("error-box").wait_for()
    expect(budget).to_have_value("1.5")
    assert own_server.get(ROUTE)["budget_mb"] == 1500


def test_recordings_are_removed_after_a_question_and_pinned_ones_stay(
    settings: Page, own_server: ServerProcess
) -> None:
    kept, dropped = (_picture(own_server, seed=seed)["trajectory"] for seed in (3, 4))
    address = f"{own_server.address}/api/v1/trajectories/{kept}"
    httpx.patch(address, json={"pinned": True}).raise_for_status()
    open_tab(settings, "Settings")
    expect(settings.get_by_test_id("recording-used")).to_contain_text("2 recordings, 1 of them pinned")
    settings.get_by_test_id("recording-remove").click()
    expect(settings.get_by_test_id("recording-confirm")).to_contain_text("Remove 1 recording (")
    settings.keyboard.press("Escape")
    expect(settings.get_by_test_id("recording-confirm")).to_be_hidden()
    expect(settings.get_by_test_id("recording-remove")).to_be_focused()
    assert len(own_server.get("/api/v1/trajectories")) == 2
    settings.get_by_test_id("recording-remove").click()
    settings.get_by_test_id("confirm-yes").click()
    expect(settings.get_by_test_id("settings-saved")).to_contain_text("1 recording removed")
    expect(settings.get_by_test_id("recording-used")).to_contain_text("1 recording, 1 of them pinned")
    assert [recording["id"] for recording in own_server.get("/api/v1/trajectories")] == [kept] != [dropped]
    expect(settings.get_by_test_id("recording-remove")).to_be_disabled()


def test_the_tab_says_where_the_files_are(settings: Page, own_server: ServerProcess) -> None:
    recording = _picture(own_server, seed=5)["trajectory"]
    open_tab(settings, "Settings")
    folder = settings.get_by_test_id("recording-folder")
    expect(folder).to_have_text(str(own_server.data_dir / "trajectories"))
    assert any(recording in file.name for file in Path(folder.inner_text()).iterdir())
