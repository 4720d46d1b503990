"""Beside the slider: where the model looks for a word, files to take along, explanations, and the guided tour."""

import json
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import TIMEOUT_MS, open_page
from tests.e2e.making import make, open_tab
from tests.e2e.real_server import ServerProcess, running_server

pytestmark = pytest.mark.browser

STEPS = 6
PROMPT = "a cat on the hill"


@pytest.fixture(scope="module")
def recording(server: ServerProcess) -> dict[str, Any]:
    """A recorded walk of six steps."""
    make(server, prompt=PROMPT, seed=11, steps=STEPS, width=64, height=64)
    image = server.get("/api/v1/images?limit=1")[0]
    return server.get(f"/api/v1/trajectories/{image['trajectory']}")


@pytest.fixture
def scrubber(page: Page, recording: dict[str, Any]) -> Page:
    """The page with that recording open at its third step."""
    _open(page, recording["id"], 3)
    return page


def _open(page: Page, recording: str, position: int) -> None:
    page.evaluate("told => window.darkroom.openRecording(told)", {"trajectory": recording, "position": position})
    expect(page.get_by_test_id("scrubber-canvas")).to_have_attribute("data-recording", recording)
    expect(page.get_by_test_id("scrubber-canvas")).to_have_attribute("data-position", str(position))


def _open_panel(page: Page, name: str) -> None:
    page.get_by_test_id(name).locator("summary").click()


# Words


def test_a_word_that_is_clicked_shows_what_it_changes_and_where_the_model_looks(scrubber: Page) -> None:
    _open_panel(scrubber, "words-panel")
    words = scrubber.get_by_test_id("word-list").get_by_role("button")
    expect(words).to_have_text(PROMPT.split())
    overlay = scrubber.get_by_test_id("word-map")
    expect(overlay).to_be_hidden()
    scrubber.get_by_role("button", name="cat", exact=True).click()
    expect(overlay).to_be_visible()
    expect(overlay).to_have_attribute("data-word", "cat")
    picture, amber = (scrubber.get_by_test_id(name).bounding_box() for name in ("scrubber-canvas", "word-map"))
    assert picture == amber
    before = overlay.evaluate("one => one.toDataURL()")
    scrubber.get_by_role("button", name="Where the model looks").click()
    expect(overlay).to_have_attribute("data-of", "attention")
    assert overlay.evaluate("one => one.toDataURL()") != before
    scrubber.get_by_test_id("word-opacity").fill("90")
    assert overlay.evaluate("one => one.style.opacity") == "0.9"
    scrubber.get_by_test_id("word-off").click()
    expect(overlay).to_be_hidden()


def test_the_map_follows_the_slider_when_it_rests_and_asks_nothing_during_a_drag(scrubber: Page) -> None:
    _open_panel(scrubber, "words-panel")
    scrubber.get_by_role("button", name="hill", exact=True).click()
    overlay = scrubber.get_by_test_id("word-map")
    expect(overlay).to_have_attribute("data-position", "3")
    asked: list[str] = []
    scrubber.on("request", lambda request: asked.append(request.url) if "attention" in request.url else None)
    slider = scrubber.get_by_test_id("scrubber-slider").bounding_box()
    assert slider
    middle = slider["y"] + slider["height"] / 2
    scrubber.mouse.move(slider["x"] + slider["width"] / 2, middle)
    scrubber.mouse.down()
    for share in (0.6, 0.75, 0.85):
        scrubber.mouse.move(slider["x"] + slider["width"] * share, middle)
        scrubber.wait_for_timeout(300)  # longer than the rest after which a map is asked for
    assert asked == []
    expect(overlay).to_be_hidden()
    scrubber.mouse.up()
    expect(overlay).to_be_visible()
    expect(overlay).to_have_attribute("data-position", "5")
    expect(overlay).to_have_attribute("data-word", "hill")
    scrubber.get_by_test_id("scrubber-slider").press("End")  # no call is made from the end: the last one's map
    expect(overlay).to_have_attribute("data-position", str(STEPS))
    assert f"/steps/{STEPS - 1}/attention" in asked[-1]


def test_on_a_phone_the_map_is_beside_the_words(
    browser: Browser, server: ServerProcess, recording: dict[str, Any]
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    open_page(page, server)
    _open(page, recording["id"], 3)
    _open_panel(page, "words-panel")
    page.get_by_role("button", name="cat", exact=True).tap()
    expect(page.get_by_test_id("word-glance")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_a_long_prompt_keeps_the_model_from_being_asked_for_each_word(page: Page, server: ServerProcess) -> None:
    make(server, prompt="a cat on the hill " * 20, seed=13, steps=2, width=64, height=64)
    _open(page, server.get("/api/v1/images?limit=1")[0]["trajectory"], 1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "attention?" in request.url else None)
    _open_panel(page, "words-panel")
    expect(page.get_by_test_id("word-list").get_by_role("button").first).to_be_visible()
    expect(page.get_by_role("button", name="What the word changes")).to_be_disabled()
    expect(page.get_by_role("button", name="What the word changes")).to_have_attribute("title", re.compile("100 words"))
    assert len(asked) == 1
    assert "of=attention" in asked[0]


def test_a_picture_without_a_prompt_or_without_steps_says_why_it_has_no_words(
    page: Page, server: ServerProcess
) -> None:
    made = make(server, prompt="", seed=12, steps=3, width=64, height=64)[0]
    without = server.get("/api/v1/images?limit=1")[0]
    _open(page, without["trajectory"], 1)
    _open_panel(page, "words-panel")
    expect(page.get_by_test_id("words-panel")).to_contain_text("made without a prompt")
    start = {"kind": "picture", "picture": without["id"], "strength": 0.0}
    make(server, **made | {"prompt": PROMPT, "start": start})
    _open(page, server.get("/api/v1/images?limit=1")[0]["trajectory"], 0)
    expect(page.get_by_test_id("words-panel")).to_contain_text("No step was walked here")


# Export


def _export(page: Page, what: str, tmp_path: Path) -> Path:
    page.get_by_test_id("export-panel").get_by_text(what, exact=True).click()
    with page.expect_download() as download:
        page.get_by_test_id("export-start").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    return file


@pytest.mark.parametrize("what", ["GIF", "WebP"])
def test_all_steps_are_exported_as_an_animation_that_opens(scrubber: Page, tmp_path: Path, what: str) -> None:
    _open_panel(scrubber, "export-panel")
    file = _export(scrubber, what, tmp_path)
    assert file.suffix == f".{what.lower()}"
    with Image.open(file) as film:
        assert (film.size, getattr(film, "n_frames", 1)) == ((64, 64), STEPS + 1)
    expect(scrubber.get_by_test_id("export-words")).to_contain_text(f"{STEPS + 1} steps")
    expect(scrubber.get_by_test_id("export-status")).to_contain_text(file.name)


def test_all_steps_are_exported_as_a_film_with_the_chosen_speed(scrubber: Page, tmp_path: Path) -> None:
    _open_panel(scrubber, "export-panel")
    scrubber.get_by_test_id("export-panel").get_by_text("MP4", exact=True).click()
    scrubber.get_by_test_id("export-fps").fill("4")
    expect(scrubber.get_by_test_id("export-words")).to_contain_text(f"{STEPS + 1} steps, 3.0 seconds")
    with av.open(str(_export(scrubber, "MP4", tmp_path))) as film:
        assert float(film.streams.video[0].average_rate or 0) == pytest.approx(4)


def test_this_step_is_exported_as_a_picture_that_names_it(scrubber: Page, tmp_path: Path) -> None:
    _open_panel(scrubber, "export-panel")
    scrubber.get_by_test_id("export-panel").get_by_text("Noisy", exact=True).click()
    with Image.open(_export(scrubber, "This step", tmp_path)) as picture:
        infotext = picture.info["parameters"]
    assert f"Exported step: 3 of {STEPS}" in infotext
    assert "Exported view: xt" in infotext


def test_all_steps_are_exported_as_pictures_in_a_zip(scrubber: Page, tmp_path: Path) -> None:
    _open_panel(scrubber, "export-panel")
    with zipfile.ZipFile(_export(scrubber, "All steps, zip", tmp_path)) as files:
        names = [name for name in files.namelist() if name.endswith(".png")]
        assert len(names) == STEPS + 1
        with Image.open(BytesIO(files.read(names[-1]))) as picture:
            assert picture.size == (64, 64)


def test_the_recording_itself_is_exported_as_it_is(
    scrubber: Page, server: ServerProcess, recording: dict[str, Any], tmp_path: Path
) -> None:
    _open_panel(scrubber, "export-panel")
    file = _export(scrubber, "The recording", tmp_path)
    assert file.suffix == ".safetensors"
    kept = httpx.get(f"{server.address}/api/v1/trajectories/{recording['id']}/file", timeout=30).content
    assert file.read_bytes() == kept


def test_an_export_can_be_cancelled_while_steps_are_decoded(scrubber: Page) -> None:
    _open_panel(scrubber, "export-panel")
    scrubber.get_by_test_id("export-panel").get_by_text("GIF", exact=True).click()
    held: list[Any] = []
    scrubber.route("**/steps/*/x0.png*", lambda route: held.append(route))  # noqa: PLW0108  a decoder that takes for ever
    scrubber.get_by_test_id("export-start").click()
    expect(scrubber.get_by_test_id("export-status")).to_have_text(f"decoding 1 of {STEPS + 1}")
    scrubber.get_by_test_id("export-cancel").click()
    expect(scrubber.get_by_test_id("export-status")).to_have_text("Cancelled")
    expect(scrubber.get_by_test_id("export-start")).to_be_enabled()


def test_what_keeps_an_export_from_being_made_is_told_in_a_sentence(page: Page, server: ServerProcess) -> None:
    make(server, prompt="a lake", seed=12, steps=2, width=64, height=64)
    gone = server.get("/api/v1/images?limit=1")[0]["trajectory"]
    _open(page, gone, 1)
    httpx.delete(f"{server.address}/api/v1/trajectories/{gone}").raise_for_status()
    _open_panel(page, "export-panel")
    page.get_by_test_id("export-panel").get_by_text("The recording", exact=True).click()
    page.get_by_test_id("export-start").click()
    expect(page.get_by_test_id("export-panel").get_by_test_id("error-box")).to_be_visible()
    expect(page.get_by_test_id("export-start")).to_be_enabled()


# Explanations


def test_a_question_mark_explains_one_thing_at_a_time_by_mouse_and_keyboard(scrubber: Page) -> None:
    words = scrubber.get_by_test_id("explanation")
    asks = {key: scrubber.locator(f".why[data-explain={key}]") for key in ("schedule", "movement", "x0")}
    asks["schedule"].click()
    expect(words).to_contain_text("sigma")
    expect(asks["schedule"]).to_have_attribute("aria-expanded", "true")
    asks["movement"].focus()
    scrubber.keyboard.press("Enter")
    expect(words).to_contain_text("How far the latents moved")
    expect(asks["schedule"]).to_have_attribute("aria-expanded", "false")
    scrubber.keyboard.press("Escape")
    expect(words).to_be_hidden()
    expect(asks["movement"]).to_be_focused()
    scrubber.get_by_test_id("view-xt").check(force=True)
    scrubber.locator(".why[data-explain=xt]").click()
    expect(words).to_contain_text("picture and noise mixed")
    scrubber.mouse.click(5, 300)
    expect(words).to_be_hidden()


def test_an_explanation_stays_within_the_window(scrubber: Page) -> None:
    for ask in scrubber.locator(".why:visible").all():
        ask.scroll_into_view_if_needed()
        ask.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        ask.click()
        expect(scrubber.get_by_test_id("explanation")).to_be_in_viewport(ratio=1)


# The tour


@pytest.fixture
def first_visit(
    browser: Browser, tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Page, ServerProcess]]:
    """A page and a server that never made a picture."""
    with running_server(data_dir=tmp_path_factory.mktemp("tour") / "data", models_dir=tiny_models_dir) as server:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()
        open_page(page, server)
        yield page, server
        context.close()


def test_the_tour_makes_a_picture_first_and_leads_through_its_way(first_visit: tuple[Page, ServerProcess]) -> None:
    page, server = first_visit
    open_tab(page, "Step scrubber")
    page.get_by_test_id("scrubber-empty").get_by_test_id("tour-start").click()
    expect(page.get_by_test_id("tour-words")).to_contain_text("There is no recording yet")
    canvas = page.get_by_test_id("scrubber-canvas")
    expect(page.get_by_test_id("tour-title")).to_have_text("Pure noise")
    positions, last = [], server.get("/api/v1/trajectories?limit=1")[0]["positions"]
    for number, view in enumerate(("xt", "x0", "x0", "delta", "x0"), start=1):
        expect(page.get_by_test_id("tour-step")).to_have_text(f"{number} of 5")
        expect(canvas).to_have_attribute("data-view", view)
        expect(page.get_by_test_id("tour")).to_have_attribute("data-arrived", str(number))
        positions.append(int(canvas.get_attribute("data-position") or -1))
        if number < 5:
            page.keyboard.press("Enter")  # Next has the focus
    assert positions[:2] == [0, 0]
    assert 0 < positions[2] < positions[3] < positions[4] == last
    expect(page.get_by_test_id("word-map")).to_be_visible()
    expect(page.get_by_test_id("tour-words")).to_contain_text("made a difference")
    page.get_by_test_id("tour-back").click()
    expect(page.get_by_test_id("tour-title")).to_have_text("Details")
    expect(page.get_by_test_id("word-map")).to_be_hidden()
    page.get_by_test_id("tour-next").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_test_id("tour-title")).to_have_text("The composition settles")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("tour")).to_be_hidden()
    expect(page.get_by_test_id("scrubber").get_by_test_id("tour-start").first).to_be_focused()
    request = server.get(f"/api/v1/trajectories/{server.get('/api/v1/trajectories')[0]['id']}")["request"]
    assert json.dumps(request["start"]) == '{"kind": "noise"}'


def test_a_tour_without_recordings_says_where_to_switch_them_on(first_visit: tuple[Page, ServerProcess]) -> None:
    page, server = first_visit
    httpx.patch(f"{server.address}/api/v1/settings/recording", json={"record": "off"}).raise_for_status()
    open_tab(page, "Step scrubber")
    page.get_by_test_id("scrubber-empty").get_by_test_id("tour-start").click()
    expect(page.get_by_test_id("scrubber").get_by_text("Switch it on in the Settings tab")).to_be_visible()
    expect(page.get_by_test_id("tour")).to_be_hidden()
