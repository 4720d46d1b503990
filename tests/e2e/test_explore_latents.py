"""The latents of a picture on the page: edits that show at once and can be undone, a brush, and the way to img2img."""

import base64
import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.making import generate, make, open_instrument
from tests.e2e.real_server import ServerProcess
from tests.e2e.test_png_info import DROP

pytestmark = pytest.mark.browser

PIXELS = """canvas => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]"""


def _picture(seed: int) -> bytes:
    colours = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), np.uint8)
    file = BytesIO()
    Image.fromarray(colours).resize((64, 64), Image.Resampling.BICUBIC).save(file, format="PNG")
    return file.getvalue()


@pytest.fixture
def panel(page: Page) -> Locator:
    """The panel with a picture dropped on it."""
    panel = open_instrument(page, "latents")
    page.evaluate(DROP, ["[data-testid=explore-latents]", "four.png", base64.b64encode(_picture(1)).decode()])
    expect(page.get_by_test_id("latents-picture")).to_have_attribute("data-shown", re.compile("."))
    return panel


def _shown(page: Page) -> str:
    """Which latents are decoded on the stage."""
    return page.get_by_test_id("latents-picture").get_attribute("data-shown") or ""


def _pixels(page: Page) -> list[int]:
    return page.get_by_test_id("latents-picture").evaluate(PIXELS)


def _changed(page: Page, before: str) -> str:
    expect(page.get_by_test_id("latents-picture")).not_to_have_attribute("data-shown", before)
    expect(page.get_by_test_id("latents-status")).to_have_text("")
    return _shown(page)


def test_an_edit_shows_at_once_and_undo_takes_it_back(panel: Locator) -> None:
    page = panel.page
    expect(page.get_by_test_id("latents-channels").locator("li")).to_have_count(4)
    expect(page.get_by_test_id("latents-shape")).to_contain_text("4 of 8")
    plain, pixels = _shown(page), _pixels(page)
    page.get_by_test_id("latents-channel-2").click()
    page.get_by_test_id("latents-add-scale").click()
    row = page.get_by_test_id("latents-edit-scale")
    expect(row.locator("select")).to_have_value("1")
    scaled = _changed(page, plain)
    assert _pixels(page) != pixels
    expect(page.get_by_test_id("latents-moved")).to_contain_text("moved by")
    row.get_by_role("slider", name="plus").fill("2")
    shifted = _changed(page, scaled)
    page.keyboard.press("Control+z")
    assert _changed(page, shifted) == scaled
    page.get_by_test_id("latents-undo").click()
    assert _changed(page, scaled) == plain
    assert _pixels(page) == pixels
    page.get_by_test_id("latents-redo").click()
    assert _changed(page, plain) == scaled
    row.get_by_role("checkbox").uncheck()
    assert _changed(page, scaled) == plain


def test_latents_are_painted_with_a_pointer_and_with_keys(panel: Locator) -> None:
    page = panel.page
    plain = _shown(page)
    page.get_by_test_id("latents-add-paint").click()
    row = page.get_by_test_id("latents-edit-paint")
    stage = page.get_by_test_id("latents-picture")
    box = stage.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.3 * box["height"], steps=4)
    page.mouse.up()
    painted = _changed(page, plain)
    count = int(row.locator(".edit-painted").inner_text().split()[0])
    assert 4 <= count < 64
    page.get_by_test_id("latents-stage").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", " "):
        page.keyboard.press(key)
    more = _changed(page, painted)
    assert int(row.locator(".edit-painted").inner_text().split()[0]) > count
    page.get_by_test_id("latents-undo").click()
    assert _changed(page, more) == painted
    row.get_by_role("button", name="Remove: Paint").click()
    assert _changed(page, painted) == plain


def test_the_result_is_sent_to_img2img(panel: Locator, server: ServerProcess) -> None:
    page = panel.page
    plain = _shown(page)
    page.get_by_test_id("latents-add-swap").click()
    _changed(page, plain)
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/pictures")) as brought:
        page.get_by_test_id("latents-to-img2img").click()
    expect(page.locator("html")).to_have_attribute("data-tab", "img2img")
    start = generate(page, server)["request"]["start"]
    assert (start["kind"], start["picture"]) == ("picture", brought.value.json()["id"])


def test_the_nearest_pictures_are_found_and_compared(panel: Locator, server: ServerProcess) -> None:
    page = panel.page
    make(server, prompt="the cat", seed=5, steps=2, width=64, height=64)
    page.get_by_test_id("latents-find-near").click()
    neighbour = page.get_by_test_id("latents-neighbour").first
    expect(page.get_by_test_id("latents-near-status")).to_contain_text("the nearest of")
    neighbour.click()
    distance = page.get_by_test_id("latents-distance")
    expect(distance.locator(".distance-bars li")).to_have_count(4)
    expect(distance).to_contain_text("cosine")
