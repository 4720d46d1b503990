"""A film is played where pictures are shown, and can be downloaded; its model is not asked for what it cannot do."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import open_page
from tests.e2e.making import open_tab, set_fields
from tests.e2e.real_server import ServerProcess, running_server
from tests.tiny_flux import build_tiny_flux
from tests.tiny_pipelines import build_tiny_wan

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def film_server(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("films")
    checkpoints = folder / "models" / "checkpoints"
    build_tiny_wan(checkpoints / "tiny-film")
    build_tiny_flux(checkpoints / "flux")
    shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", checkpoints / "tiny")
    with running_server(data_dir=folder / "data", models_dir=folder / "models") as server:
        yield server


@pytest.fixture
def page(browser: Browser, film_server: ServerProcess) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    open_page(page, film_server)
    yield page
    page.close()


def _choose(page: Page, model: str) -> None:
    page.evaluate("model => window.darkroom.fill({form: {model}})", model)
    expect(page.locator("#field-model input")).to_have_value(model)


def test_a_film_is_played_when_it_is_finished_and_again_when_it_is_chosen(
    page: Page, film_server: ServerProcess
) -> None:
    request = {"prompt": "the cat", "steps": 2, "width": 64, "height": 64, "seed": 3}
    film = {"video": {"frames": 5, "fps": 4}, "model": "tiny-film"}
    answer = httpx.post(f"{film_server.address}/api/v1/jobs", json=request | film, timeout=60)
    assert answer.status_code < 300, answer.text
    player = page.get_by_test_id("player")
    expect(player).to_be_visible()
    page.wait_for_function("document.querySelector('[data-testid=player]').readyState >= 2")
    assert player.evaluate("video => [video.videoWidth, video.videoHeight, video.duration]") == [64, 64, 1.25]
    expect(page.get_by_test_id("canvas")).to_be_hidden()
    expect(page.get_by_test_id("download-film")).to_have_attribute("href", f"{player.get_attribute('src')}?download=1")
    page.reload()
    expect(player).to_be_visible()
    assert len(list((film_server.data_dir / "outputs").rglob("*.mp4"))) == 1


def test_a_film_s_picture_is_sent_to_a_model_that_can_start_from_it(page: Page) -> None:
    expect(page.get_by_test_id("player")).to_be_visible()
    _choose(page, "tiny-film")
    expect(page.locator("#tab-img2img-button")).to_be_hidden()
    page.get_by_test_id("to-img2img").click()
    expect(page.locator("#request-problem")).to_contain_text("Choose another model")
    expect(page.locator("html")).to_have_attribute("data-tab", "txt2img")
    _choose(page, "tiny")
    expect(page.locator("#tab-img2img-button")).to_be_visible()
    page.get_by_test_id("to-img2img").click()
    expect(page.locator("html")).to_have_attribute("data-tab", "img2img")
    expect(page.locator("#field-model input")).to_have_value("tiny")


def test_what_a_model_starts_with_counts_as_untouched_and_a_reset_goes_back_to_it(page: Page) -> None:
    open_tab(page, "txt2img")
    _choose(page, "flux")
    scale = page.locator("#field-cfg_scale input[type=number]")
    expect(scale).to_have_value("1")
    expect(page.locator("#field-cfg_scale")).not_to_contain_class("changed")
    set_fields(page, cfg_scale=3)
    page.get_by_role("button", name="Back to 1", exact=True).click()
    expect(scale).to_have_value("1")
