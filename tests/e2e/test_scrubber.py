"""A recording is opened, dragged through, looked at from all sides, kept, removed, and found again."""

import base64
from typing import Any, Literal

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import TIMEOUT_MS, open_page
from tests.e2e.making import canvas_shows, finished, generate, make, open_tab, set_fields
from tests.e2e.real_server import ServerProcess
from tests.e2e.test_png_info import DROP

pytestmark = pytest.mark.browser

STEPS = 6
REQUEST: dict[str, Any] = {"prompt": "the cat", "seed": 21, "steps": STEPS, "width": 64, "height": 64}
Scheme = Literal["dark", "light"]
CANVAS = "[data-testid=scrubber-canvas]"
VIEWS = ("x0", "xt", "delta", "noise", "channels", "guidance")


@pytest.fixture(scope="module")
def recording(server: ServerProcess) -> dict[str, Any]:
    """A recorded walk of six steps that led to two pictures."""
    return _record(server, batch_size=2)


def _record(server: ServerProcess, **changes: Any) -> dict[str, Any]:
    job = httpx.post(f"{server.address}/api/v1/jobs", json=REQUEST | changes, timeout=30).json()
    assert finished(server, job)["status"] == "done"
    (made,) = [one for one in server.get("/api/v1/trajectories?limit=50") if one["job"] == job["id"]]
    return server.get(f"/api/v1/trajectories/{made['id']}")


def _open(page: Page, recording: dict[str, Any], position: int | None = None) -> Locator:
    told = {"trajectory": recording["id"], "picture": 0, "position": position}
    page.evaluate("told => window.darkroom.openRecording(told)", told)
    canvas = page.locator(CANVAS)
    expect(canvas).to_have_attribute("data-recording", recording["id"])
    expect(canvas).to_have_attribute("data-previews", "true")
    return canvas


def _at(page: Page, position: int) -> None:
    expect(page.locator(CANVAS)).to_have_attribute("data-position", str(position))
    expect(page.get_by_test_id("scrubber-step")).to_have_text(f"{position}/{STEPS}")


def _drop(page: Page, name: str, content: bytes) -> None:
    page.evaluate(DROP, ["[data-testid=scrubber]", name, base64.b64encode(content).decode()])


def _drawn(page: Page) -> str:
    """What is on the canvas, pixel by pixel."""
    return page.locator(CANVAS).evaluate("canvas => canvas.toDataURL()")


def _sharp(page: Page) -> None:
    expect(page.locator(CANVAS)).to_have_attribute("data-state", "sharp")


def test_a_picture_is_made_and_its_recording_opens_at_the_step_that_was_looked_at(
    page: Page, server: ServerProcess
) -> None:
    set_fields(page, prompt="the cat", steps=5, width=64, height=64, seed=8)
    job = generate(page, server)
    canvas_shows(page, job)
    expect(page.get_by_test_id("open-recording")).to_be_visible()
    page.get_by_test_id("step-slider").focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_test_id("open-recording").click()
    expect(page.get_by_role("tab", name="Step scrubber")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_test_id("scrubber-step")).to_have_text("4/5")
    expect(page.get_by_test_id("scrubber-title")).to_contain_text("the cat")


def test_keys_move_the_slider_and_every_position_has_a_frame_of_its_own(page: Page, recording: dict[str, Any]) -> None:
    _open(page, recording)
    slider = page.get_by_test_id("scrubber-slider")
    slider.focus()
    expect(slider).to_have_attribute("aria-valuetext", "finished, step 6 of 6")
    page.keyboard.press("Home")
    _at(page, 0)
    expect(slider).to_have_attribute("aria-valuetext", "where it began, before step 1")
    page.keyboard.press("2")
    seen = []
    for position in range(STEPS):
        _at(page, position)
        expect(page.locator(CANVAS)).to_have_attribute("data-view", "xt")
        _sharp(page)
        seen.append(_drawn(page))
        page.keyboard.press("ArrowRight")
    assert len(set(seen)) == STEPS
    page.keyboard.press("End")
    _at(page, STEPS)


def test_a_drag_with_the_mouse_shows_frames_and_asks_the_server_for_nothing(
    page: Page, recording: dict[str, Any]
) -> None:
    _open(page, recording)
    box = page.get_by_test_id("scrubber-slider").bounding_box()
    assert box is not None
    height, right = box["y"] + box["height"] / 2, box["x"] + box["width"]
    page.mouse.move(right - 8, height)
    page.mouse.down()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for x in range(int(right - 8), int(box["x"]), -8):
        page.mouse.move(x, height)
    _at(page, 0)
    page.wait_for_timeout(600)  # longer than the rest after which frames are asked for again: the button is down
    assert asked == []
    page.mouse.up()
    _sharp(page)


def test_the_picture_itself_can_be_dragged_across(page: Page, recording: dict[str, Any]) -> None:
    canvas = _open(page, recording)
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 - 5, box["y"] + 50)
    page.mouse.up()
    _at(page, STEPS // 2)


def test_all_views_show_the_same_position_and_the_last_one_asks_the_model_again(
    page: Page, recording: dict[str, Any]
) -> None:
    _open(page, recording, 3)
    seen = {}
    for view in VIEWS:
        page.get_by_test_id(f"view-{view}").check(force=True)
        expect(page.locator(CANVAS)).to_have_attribute("data-view", view)
        expect(page.locator(CANVAS)).not_to_have_attribute("data-state", "waiting")
        _at(page, 3)
        seen[view] = _drawn(page)
    assert len(set(seen.values())) == len(VIEWS)
    expect(page.get_by_test_id("scrubber-stage-word")).to_be_hidden()


def test_playing_goes_to_the_end_and_stops_there_unless_it_loops(page: Page, recording: dict[str, Any]) -> None:
    _open(page, recording, 0)
    page.get_by_test_id("scrubber-loop").click()
    page.get_by_test_id("scrubber-speed").select_option("24")
    page.get_by_test_id("scrubber-slider").focus()
    page.keyboard.press("Space")
    _at(page, STEPS)
    expect(page.get_by_test_id("scrubber-play")).to_have_attribute("aria-label", "Play")
    page.get_by_test_id("scrubber-loop").click()
    page.get_by_test_id("scrubber-play").click()
    _at(page, STEPS)
    page.wait_for_function(f"document.querySelector('{CANVAS}').dataset.position < {STEPS}")  # it began again
    page.keyboard.press("Space")  # on the button: it pauses, too
    expect(page.get_by_test_id("scrubber-play")).to_have_attribute("aria-label", "Play")


def test_a_click_on_the_schedule_goes_to_its_step(page: Page, recording: dict[str, Any]) -> None:
    _open(page, recording)
    plot = page.get_by_test_id("plot-schedule").locator("svg")
    box = plot.bounding_box()
    assert box is not None
    plot.click(position={"x": 40 + (box["width"] - 76) * 2 / STEPS, "y": 60})
    _at(page, 2)
    expect(page.locator(".facts-row")).to_contain_text("dB")


def test_another_picture_of_the_same_walk_is_chosen_at_the_same_step(page: Page, recording: dict[str, Any]) -> None:
    _open(page, recording, 4)
    _sharp(page)
    first = _drawn(page)
    page.get_by_test_id("scrubber-rows").get_by_role("button").nth(1).click()
    expect(page.locator(CANVAS)).to_have_attribute("data-picture", "1")
    _at(page, 4)
    _sharp(page)
    assert _drawn(page) != first


def test_after_a_reload_the_same_step_in_the_same_view_is_there_again(page: Page, recording: dict[str, Any]) -> None:
    _open(page, recording, 2)
    page.get_by_test_id("view-delta").check(force=True)
    page.wait_for_timeout(600)  # what is looked at is written down when the hand rests
    page.reload()
    page.locator("html[data-ready=true]").wait_for()
    open_tab(page, "Step scrubber")
    _at(page, 2)
    expect(page.locator(CANVAS)).to_have_attribute("data-view", "delta")


def test_recordings_are_pinned_and_removed_from_the_list(page: Page, server: ServerProcess) -> None:
    recording = _record(server, seed=77)
    _open(page, recording)
    page.get_by_test_id("scrubber-recordings").click()
    row = page.locator(f".recording-item[data-recording='{recording['id']}']")
    row.get_by_test_id("recording-pin").click()
    expect(row.get_by_test_id("recording-pin")).to_have_attribute("aria-pressed", "true")
    assert server.get(f"/api/v1/trajectories/{recording['id']}")["pinned"] is True
    row.get_by_test_id("recording-trash-2").click()
    row.get_by_role("button", name="Keep").click()
    row.get_by_test_id("recording-trash-2").click()
    row.get_by_test_id("recording-remove-sure").click()
    expect(row).to_be_hidden()
    expect(page.get_by_test_id("scrubber-empty")).to_be_visible()
    assert httpx.get(f"{server.address}/api/v1/trajectories/{recording['id']}", timeout=30).status_code == 404


def test_a_picture_that_was_made_here_opens_its_recording_when_it_is_dropped(page: Page, server: ServerProcess) -> None:
    _, file = make(server, **REQUEST | {"seed": 31})
    open_tab(page, "Step scrubber")
    page.get_by_test_id("scrubber").wait_for()
    _drop(page, file.name, file.read_bytes())
    expect(page.get_by_test_id("scrubber-title")).to_contain_text("seed 31")


def test_an_exported_step_opens_the_recording_at_that_step_in_that_view(
    page: Page, server: ServerProcess, recording: dict[str, Any]
) -> None:
    address = f"{server.address}/api/v1/trajectories/{recording['id']}/export?what=frame&view=xt&picture=1&step=2"
    content = httpx.get(address, timeout=60).content
    open_tab(page, "Step scrubber")
    page.get_by_test_id("scrubber").wait_for()
    _drop(page, "step.png", content)
    canvas = page.locator(CANVAS)
    for name, value in (("recording", recording["id"]), ("position", "2"), ("view", "xt"), ("picture", "1")):
        expect(canvas).to_have_attribute(f"data-{name}", value)


def test_a_picture_without_a_recording_is_walked_again(page: Page, server: ServerProcess) -> None:
    _, file = make(server, **REQUEST | {"seed": 41, "prompt": "a hill"})
    content = file.read_bytes()
    newest = server.get("/api/v1/images?limit=1")[0]
    httpx.delete(f"{server.address}/api/v1/trajectories/{newest['trajectory']}", timeout=30)
    open_tab(page, "Step scrubber")
    page.get_by_test_id("scrubber").wait_for()
    _drop(page, file.name, content)
    page.get_by_role("button", name="Walk it again").click()
    expect(page.get_by_test_id("scrubber-title")).to_contain_text("seed 41")
    _at(page, 0)


def test_a_recordings_file_is_opened_and_a_foreign_one_told_in_a_sentence(
    page: Page, server: ServerProcess, recording: dict[str, Any]
) -> None:
    content = httpx.get(f"{server.address}/api/v1/trajectories/{recording['id']}/file", timeout=30).content
    open_tab(page, "Step scrubber")
    page.get_by_test_id("scrubber").wait_for()
    expect(page.get_by_test_id("scrubber-desk")).to_be_visible()  # the newest, which is opened by itself
    _drop(page, "walk.safetensors", content)
    expect(page.get_by_test_id("scrubber-title")).to_contain_text("seed 21")
    _drop(page, "walk.safetensors", content[: len(content) // 2])
    expect(page.get_by_test_id("scrubber").get_by_test_id("error-box")).to_be_visible()
    expect(page.get_by_test_id("scrubber-desk")).to_be_visible()


def test_png_info_leads_to_the_recording(page: Page, server: ServerProcess) -> None:
    _, file = make(server, **REQUEST | {"seed": 51})
    open_tab(page, "PNG Info")
    page.get_by_test_id("png-info-file").set_input_files(file)
    page.get_by_test_id("png-info-scrubber").click()
    expect(page.get_by_test_id("scrubber-title")).to_contain_text("seed 51")


def test_a_recording_that_was_removed_meanwhile_is_told_and_what_lies_there_stays(
    page: Page, recording: dict[str, Any]
) -> None:
    _open(page, recording, 1)
    page.evaluate("window.darkroom.openRecording({trajectory: '0'.repeat(32), picture: 0, position: null})")
    expect(page.get_by_test_id("scrubber").get_by_test_id("error-box")).to_be_visible()
    _at(page, 1)


def _page_of(browser: Browser, server: ServerProcess, scheme: Scheme, width: int, height: int) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=True)
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    open_page(page, server)
    return page


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_picture_slider_views_and_plots_are_in_view_together_on_a_laptop(
    browser: Browser, server: ServerProcess, recording: dict[str, Any], scheme: Scheme
) -> None:
    page = _page_of(browser, server, scheme, 1280, 800)
    _open(page, recording)
    for name in ("scrubber-canvas", "scrubber-slider", "scrubber-views", "plot-schedule", "plot-movement"):
        expect(page.get_by_test_id(name)).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.context.close()


def test_on_a_phone_nothing_hangs_out_and_the_slider_is_under_the_picture(
    browser: Browser, server: ServerProcess, recording: dict[str, Any]
) -> None:
    page = _page_of(browser, server, "dark", 390, 844)
    _open(page, recording)
    for name in ("scrubber-canvas", "scrubber-slider", "scrubber-play"):
        expect(page.get_by_test_id(name)).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    slider = page.get_by_test_id("scrubber-slider").bounding_box()
    assert slider is not None
    page.touchscreen.tap(slider["x"] + slider["width"] / 2, slider["y"] + slider["height"] / 2)
    _at(page, STEPS // 2)
    page.context.close()
