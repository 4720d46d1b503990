"""A journey on the page: planned, made, played, dragged through, exported, saved as a file."""

import json
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.making import make, open_instrument, open_tab, set_form
from tests.e2e.real_server import ServerProcess

pytestmark = pytest.mark.browser

FRAMES = 4


@pytest.fixture
def panel(page: Page) -> Locator:
    """The panel as a first visit finds it, with small pictures of few steps."""
    set_form(page, width=64, height=64, steps=2, seed=7)
    return open_instrument(page, "journeys")


def _stops(panel: Locator) -> Locator:
    return panel.page.get_by_test_id("stop")


def _prompts(panel: Locator) -> list[str]:
    return [box.input_value() for box in panel.page.get_by_test_id("stop-prompt").all()]


def _save(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as saved:
        page.get_by_test_id(button).click()
    file = folder / saved.value.suggested_filename
    saved.value.save_as(file)
    return file


def test_a_short_journey_is_made_played_dragged_and_exported(panel: Locator, tmp_path: Path) -> None:
    page = panel.page
    page.get_by_test_id("stop-frames").fill(str(FRAMES - 1))
    expect(page.get_by_test_id("journey-length")).to_contain_text(f"{FRAMES} frames")
    page.get_by_test_id("journey-make").click()
    expect(panel).to_have_attribute("data-status", "done", timeout=60_000)

    canvas, slider = page.get_by_test_id("journey-canvas"), page.get_by_test_id("journey-slider")
    expect(canvas).to_have_attribute("data-position", "0")
    expect(page.get_by_test_id("journey-place")).to_have_text("stop 1")
    begun = canvas.get_attribute("data-image")
    page.get_by_test_id("journey-play").click()
    expect(canvas).to_have_attribute("data-playing", "true")
    expect(canvas).to_have_attribute("data-position", str(FRAMES - 1))
    page.get_by_test_id("journey-play").click()
    expect(canvas).to_have_attribute("data-playing", "false")

    slider.fill(str(FRAMES - 1))
    expect(canvas).to_have_attribute("data-position", str(FRAMES - 1))
    expect(page.get_by_test_id("journey-place")).to_have_text("stop 2")
    assert canvas.get_attribute("data-image") != begun
    slider.press("ArrowLeft")
    expect(canvas).to_have_attribute("data-position", str(FRAMES - 2))
    expect(page.get_by_test_id("journey-place")).to_have_text("between stop 1 and 2")
    expect(_stops(panel).locator(".stop-face img")).to_have_count(2)

    page.get_by_text("Frames, zip").click()
    with ZipFile(_save(page, "journey-export-start", tmp_path)) as frames:
        assert len([name for name in frames.namelist() if name.endswith(".png")]) == FRAMES


def test_a_stopped_journey_counts_what_was_made(panel: Locator) -> None:
    page = panel.page
    page.get_by_test_id("stop-frames").fill("240")
    expect(page.get_by_test_id("journey-length")).to_contain_text("241 frames")
    page.get_by_test_id("journey-make").click()
    page.get_by_test_id("journey-cancel").click()
    expect(panel).to_have_attribute("data-status", "cancelled")
    expect(page.get_by_test_id("journey-status")).to_have_text(re.compile(r"^stopped at \d{1,2} of 241 frames$"))


def test_no_journey_is_made_while_a_stops_number_is_no_number(panel: Locator) -> None:
    page = panel.page
    seed = page.get_by_test_id("stop-seed").first
    seed.fill("-5")
    page.get_by_test_id("journey-make").click()
    expect(panel).to_contain_text("A number of a stop cannot be used.")
    expect(seed).to_be_focused()
    expect(page.get_by_test_id("journey-cancel")).to_be_hidden()


def test_a_stop_of_the_form_takes_its_blend_and_sliders_too(panel: Locator, tmp_path: Path) -> None:
    page = panel.page
    slider = {"name": "Night", "low": "day", "high": "night", "value": 0.5, "start": 0.0, "end": 1.0}
    written = {"blend": '"a cat" - 0.5 * "a dog"', "blend_way": "linear", "sliders": [slider]}
    page.evaluate("form => window.darkroom.fill({ form })", written)
    page.wait_for_timeout(500)  # the form tells when the hand rests
    page.get_by_test_id("journey-add-form").click()
    expect(_stops(panel)).to_have_count(3)
    stop = json.loads(_save(page, "journey-save", tmp_path).read_text(encoding="utf-8"))["stops"][2]
    assert [idea["weight"] for idea in stop["blend"]["ideas"]] == [1, -0.5]
    assert [each["value"] for each in stop["sliders"]] == [0.5]


def test_stops_are_added_moved_and_removed_and_survive_a_reload(panel: Locator, server: ServerProcess) -> None:
    page = panel.page
    first, second = _prompts(panel)
    _stops(panel).nth(0).get_by_role("button", name="Later").click()
    assert _prompts(panel) == [second, first]
    make(server, prompt="a red house", seed=3, width=64, height=64, steps=2)
    page.get_by_test_id("journey-add-newest").click()
    expect(_stops(panel)).to_have_count(3)
    assert _prompts(panel)[2] == "a red house"
    assert page.get_by_test_id("stop-seed").nth(2).input_value() == "3"
    _stops(panel).nth(0).get_by_role("button", name="Remove").click()
    expect(_stops(panel)).to_have_count(2)
    page.reload()
    page.locator("html[data-ready=true]").wait_for()
    open_tab(page, "Explore")
    expect(_stops(panel)).to_have_count(2)
    assert _prompts(panel) == [first, "a red house"]


def test_a_journey_is_saved_as_a_file_and_opened_again_and_other_files_are_refused(
    panel: Locator, tmp_path: Path
) -> None:
    page = panel.page
    page.get_by_test_id("stop-prompt").first.fill("a lake")
    page.get_by_test_id("journey-loop").check()
    expect(page.get_by_test_id("stop-frames")).to_have_count(2)  # also back to the first
    page.get_by_test_id("stop-frames").last.fill("5")
    file = _save(page, "journey-save", tmp_path)
    saved = json.loads(file.read_text())
    assert saved["loop"] and [stop["frames"] for stop in saved["stops"]] == [12, 5]
    assert saved["request"]["steps"] == 2
    page.get_by_test_id("stop-prompt").first.fill("a forest")
    page.get_by_test_id("journey-loop").uncheck()
    page.get_by_test_id("journey-open").set_input_files(file)
    expect(page.get_by_test_id("stop-prompt").first).to_have_value("a lake")
    expect(page.get_by_test_id("journey-loop")).to_be_checked()
    expect(page.get_by_test_id("journey-shared")).to_contain_text("the journey's own")

    wrong = tmp_path / "shopping.json"
    wrong.write_text('{"bread": 2}')
    page.get_by_test_id("journey-open").set_input_files(wrong)
    expect(panel.get_by_test_id("error-box")).to_contain_text("no journey")
    assert _prompts(panel)[0] == "a lake"
