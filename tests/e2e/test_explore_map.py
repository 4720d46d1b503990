"""The map of ideas: a click is a picture, ideas can be dragged, weights moved, the plane filled, the map kept."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.making import finished, open_instrument, set_form
from tests.e2e.real_server import ServerProcess

pytestmark = pytest.mark.browser

PIXELS = "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
REACH = 1.3
"""The plane shows so much to each side of its middle."""


@pytest.fixture
def plane(page: Page) -> Locator:
    """The map of a first visit, at few steps, once the projection has placed the ideas."""
    set_form(page, steps=2, seed=7)
    open_instrument(page, "map")
    plane = page.get_by_test_id("map-plane")
    expect(plane).to_have_attribute("data-projected", "true")
    expect(page.get_by_test_id("map-settings")).to_contain_text("seed 7")  # the form tells when the hand rests
    return plane


def _click(plane: Locator, x: float, y: float) -> None:
    """Clicks at a place of the map and waits for its picture."""
    page, box = plane.page, plane.bounding_box()
    assert box
    canvas = page.get_by_test_id("map-canvas")
    before = canvas.get_attribute("data-request")
    at = {"x": box["width"] * (1 + x / REACH) / 2, "y": box["height"] * (1 - y / REACH) / 2}
    plane.click(position={"x": at["x"], "y": at["y"]})
    expect(canvas).not_to_have_attribute("data-request", before or "")
    expect(canvas).to_have_attribute("data-state", "done")


def _request(page: Page) -> dict[str, Any]:
    """The request whose picture is shown."""
    return json.loads(page.get_by_test_id("map-canvas").get_attribute("data-request") or "{}")


def _shown(page: Page) -> list[int]:
    return page.get_by_test_id("map-canvas").evaluate(PIXELS)


def _weights(page: Page) -> list[float]:
    return [float(field.input_value()) for field in page.get_by_test_id("map-weight-number").all()]


def _place(words: Locator) -> tuple[float, float]:
    """Where the point is, as the page says it, to two digits."""
    x, y = re.findall(r"-?\d\.\d+", words.inner_text())
    return float(x), float(y)


def test_two_places_are_two_pictures(plane: Locator, page: Page) -> None:
    _click(plane, 0.9, 1.15)
    first, weights = _shown(page), _weights(page)
    assert sum(weights) == pytest.approx(1, abs=0.02)
    assert len(_request(page)["blend"]["ideas"]) == len(weights)
    _click(plane, -1.1, -1.2)
    assert _shown(page) != first
    assert _weights(page) != weights
    expect(page.get_by_test_id("map-vector")).to_be_visible()
    _click(plane, 0.9, 1.15)  # is kept, and not made again
    assert _shown(page) == first


def test_an_ideas_own_place_is_that_idea_alone(plane: Locator, page: Page) -> None:
    page.get_by_test_id("map-idea").nth(1).click()
    expect(page.get_by_test_id("map-canvas")).to_have_attribute("data-state", "done")
    prompt = page.get_by_test_id("map-idea-words").nth(1).input_value()
    request = _request(page)
    assert (request["prompt"], request["blend"]) == (prompt, None)
    assert _weights(page)[1] == 1


def test_a_dragged_idea_takes_the_picture_along(plane: Locator, page: Page) -> None:
    _click(plane, 0.2, 0.1)
    canvas = page.get_by_test_id("map-canvas")
    before, request = _weights(page), canvas.get_attribute("data-request") or ""
    idea, box = page.get_by_test_id("map-idea").first, plane.bounding_box()
    assert box
    idea.hover()
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.42 * box["height"], steps=4)
    page.mouse.up()
    expect(canvas).not_to_have_attribute("data-request", request)
    expect(canvas).to_have_attribute("data-state", "done")
    assert _weights(page)[0] > before[0]


def test_keys_move_the_point_and_the_ideas(plane: Locator, page: Page) -> None:
    _click(plane, 0.2, 0.2)
    point, words = page.get_by_test_id("map-point"), page.get_by_test_id("map-place")
    places = [_place(words)]
    for key in ("ArrowLeft", "Shift+ArrowDown"):
        before = words.inner_text()
        point.press(key)
        expect(words).not_to_have_text(before)
        places.append(_place(words))
    assert places[1] == pytest.approx((places[0][0] - 0.1, places[0][1]), abs=0.011)
    assert places[2] == pytest.approx((places[1][0], places[1][1] - 0.02), abs=0.011)
    idea = page.get_by_test_id("map-idea").first
    left = idea.evaluate("dot => parseFloat(dot.style.left)")
    idea.press("ArrowRight" if left < 50 else "ArrowLeft")
    assert idea.evaluate("dot => parseFloat(dot.style.left)") != left


def test_weights_are_moved_by_hand_also_below_0(plane: Locator, page: Page) -> None:
    _click(plane, 0, 0)
    page.get_by_test_id("map-weight").first.fill("-0.5")
    expect(page.get_by_test_id("map-place")).to_have_text("weights set by hand: beyond the ideas, extrapolation")
    expect(page.get_by_test_id("map-point")).to_be_hidden()
    canvas = page.get_by_test_id("map-canvas")
    expect(canvas).to_have_attribute("data-request", re.compile(r'"weight":-0\.5\b'))
    expect(canvas).to_have_attribute("data-state", "done")


def test_a_map_that_is_filled_no_more_waits_for_no_picture(plane: Locator, page: Page) -> None:
    page.route("**/api/v1/explore/pictures", lambda _route: None)  # never answered
    page.get_by_test_id("map-fill").click()
    making = page.locator(".map-cell.making")
    expect(making).to_have_count(4)
    page.get_by_test_id("map-fill").click()
    expect(making).to_have_count(0)


def test_the_map_fills_with_pictures_that_are_kept(plane: Locator, page: Page) -> None:
    page.get_by_test_id("map-sides").select_option("3")
    page.get_by_test_id("map-fill").click()
    expect(page.get_by_test_id("map-thumb")).to_have_count(9)
    expect(page.get_by_test_id("map-filled")).to_have_text("9 of 9")
    made = [thumb.get_attribute("src") for thumb in page.get_by_test_id("map-thumb").all()]
    page.get_by_test_id("map-spherical").click()
    expect(page.get_by_test_id("map-thumb").first).not_to_have_attribute("src", made[0] or "")
    page.get_by_test_id("map-linear").click()
    expect(page.get_by_test_id("map-thumb").first).to_have_attribute("src", made[0] or "")
    assert [thumb.get_attribute("src") for thumb in page.get_by_test_id("map-thumb").all()] == made


def test_the_map_is_saved_and_opened(plane: Locator, page: Page, tmp_path: Path) -> None:
    with page.expect_download() as download:
        page.get_by_test_id("map-save").click()
    file = tmp_path / "map.json"
    download.value.save_as(file)
    saved = json.loads(file.read_text())
    assert (saved["weighing"], saved["way"], saved["request"]["seed"]) == ("inverse distance", "linear", 7)
    saved["ideas"] = [{"prompt": "a red boat", "x": -1, "y": 0}, *saved["ideas"][:2]]
    saved["request"]["steps"] = 3
    file.write_text(json.dumps(saved))
    page.get_by_test_id("map-file").set_input_files(file)
    expect(page.get_by_test_id("map-idea")).to_have_count(3)
    expect(page.get_by_test_id("map-idea-words").first).to_have_value("a red boat")
    expect(page.get_by_test_id("map-settings")).to_contain_text("3 steps")
    file.write_text('{"ideas": 3}')
    page.get_by_test_id("map-file").set_input_files(file)
    expect(page.get_by_test_id("explore-map").get_by_test_id("error-box")).to_contain_text("map.json is no map")


def test_a_point_goes_to_img2img_with_what_it_was_made_of(plane: Locator, page: Page) -> None:
    page.get_by_test_id("map-idea").nth(1).click()
    expect(page.get_by_test_id("map-canvas")).to_have_attribute("data-state", "done")
    page.get_by_test_id("map-to-img2img").click()
    expect(page.locator("html")).to_have_attribute("data-tab", "img2img")
    prompt = page.locator("#field-prompt textarea").first
    expect(prompt).to_have_value(_request(page)["prompt"])


def test_a_point_is_sent_to_txt2img_as_it_is(plane: Locator, page: Page, server: ServerProcess) -> None:
    _click(plane, 0.3, -0.4)
    known = {job["id"]: job["request"] for job in server.get("/api/v1/jobs")}
    blend = _request(page)["blend"]
    page.get_by_test_id("map-to-txt2img").click()
    expect(page.locator("html")).to_have_attribute("data-tab", "txt2img")
    page.locator("#generate").click()
    jobs = server.wait_for("/api/v1/jobs", lambda jobs: [job for job in jobs if job["id"] not in known])
    new = next(job for job in jobs if job["id"] not in known)
    finished(server, new)
    assert new["request"]["blend"] == blend
