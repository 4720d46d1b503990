"""Paint a mask on a picture in a real browser, and see only what is painted change."""

import base64
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import TIMEOUT_MS, open_page
from tests.e2e.making import files_of, finished, generate, set_form
from tests.e2e.painting import Fingers, Painting, checkered, pixels
from tests.e2e.real_server import ServerProcess

pytestmark = pytest.mark.browser

PASTE = """encoded => {
  const bytes = Uint8Array.from(atob(encoded), letter => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], 'pasted.png', {type: 'image/png'}));
  document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope="module")
def desk(browser: Browser, server: ServerProcess) -> Iterator[Page]:
    """One page for all tests that a mouse can do: each begins with a picture of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    open_page(page, server)
    yield page
    context.close()


@pytest.fixture
def painting(desk: Page, server: ServerProcess, tmp_path: Path) -> Painting:
    painting = Painting(desk, server)
    if painting.box.get_attribute("data-picture"):
        desk.get_by_test_id("remove-picture").click()
    painting.upload(checkered(tmp_path / "hill.png", 128, 96))
    painting.press("b")
    painting.set_brush(size=65, strength=100, softness=0)
    return painting


@pytest.fixture
def touched(browser: Browser, server: ServerProcess, tmp_path: Path) -> Iterator[Painting]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, device_scale_factor=2)
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    open_page(page, server)
    painting = Painting(page, server)
    painting.upload(checkered(tmp_path / "hill.png", 128, 96))
    yield painting
    context.close()


def test_only_the_painted_part_of_a_picture_changes(painting: Painting, server: ServerProcess) -> None:
    page = painting.page
    painting.set_brush(size=70)
    painting.stroke((0.3, 0.4), (0.6, 0.6))
    page.locator("#section-mask > .label-wrap").click()
    set_form(page, mask_blur=0, steps=4, prompt="the cat")
    job = generate(page, server)
    ended = finished(server, job)
    assert ended["status"] == "done", ended
    (saved,) = files_of(server, job)
    mask, original, made = painting.kept("mask"), painting.kept("picture"), pixels(saved)
    assert job["request"]["mask"]["picture"] == painting.box.get_attribute("data-mask")
    assert made.shape == original.shape == (96, 128, 3)
    assert set(np.unique(mask)) == {0, 255}
    assert (made[mask == 0] == original[mask == 0]).all()
    assert (made[mask == 255] != original[mask == 255]).any()


def test_a_mask_has_the_pictures_size_and_is_white_where_the_brush_went(painting: Painting) -> None:
    painting.set_brush(size=60)
    painting.stroke((0.25, 0.5), (0.75, 0.5))
    mask = painting.mask()
    assert mask.shape == (96, 128)
    assert mask.dtype == np.uint8
    assert (mask[48, 34:94] == 255).all()
    assert not mask[:20].any()
    assert not mask[:, 120:].any()


def test_keys_undo_and_redo_strokes(painting: Painting) -> None:
    painting.stroke((0.2, 0.2), (0.4, 0.2))
    first = painting.mask()
    painting.stroke((0.6, 0.7), (0.8, 0.7))
    both = painting.mask()
    assert (first != both).any()
    painting.press("Control+z")
    assert np.array_equal(painting.mask(), first)
    painting.press("Control+z")
    assert not painting.mask().any()
    painting.press("Control+Shift+z")
    painting.press("Control+y")
    assert np.array_equal(painting.mask(), both)


def test_thirty_strokes_can_all_be_undone(painting: Painting) -> None:
    painting.set_brush(size=20)
    for number in range(30):
        across = 0.05 + 0.03 * number
        painting.stroke((across, 0.3), (across, 0.5))
    assert painting.mask().any()
    for _ in range(30):
        painting.press("Control+z")
    assert not painting.mask().any()
    expect(painting.page.get_by_role("button", name="Undo")).to_be_disabled()


def test_eraser_invert_and_clear(painting: Painting) -> None:
    painting.stroke((0.2, 0.5), (0.8, 0.5))
    whole = painting.mask()
    painting.press("e")
    painting.stroke((0.5, 0.1), (0.5, 0.9))
    cut = painting.mask()
    assert cut[48, 64] == 0
    assert (cut <= whole).all()
    painting.page.get_by_role("button", name="Invert the mask").click()
    assert np.array_equal(painting.mask(), 255 - cut)
    painting.page.get_by_role("button", name="Clear the mask").click()
    assert not painting.mask().any()


def test_strength_paints_an_even_grey_and_softness_fades_it(painting: Painting) -> None:
    painting.set_brush(size=75, strength=50)
    painting.stroke((0.3, 0.5), (0.5, 0.5), (0.3, 0.5))
    even = painting.mask()
    assert set(np.unique(even)) == {0, 128}
    painting.page.get_by_role("button", name="Clear the mask").click()
    painting.set_brush(strength=100, softness=100)
    painting.stroke((0.5, 0.5), (0.51, 0.5))
    soft = painting.mask()
    assert len(np.unique(soft)) > 20
    # A pixel may lie beside the middle of the brush, so it is nearly full.
    assert soft.max() > 245


def test_a_zoomed_picture_is_painted_where_the_pointer_is(painting: Painting) -> None:
    painting.page.mouse.move(*painting.at(0.5, 0.5))
    painting.page.mouse.wheel(0, -600)
    level = painting.page.get_by_role("button", name="Show the whole picture")
    before = level.inner_text()
    painting.set_brush(size=30)
    painting.press("+")
    expect(level).not_to_have_text(before)
    painting.stroke((0.5, 0.5), (0.51, 0.5))
    mask = painting.mask()
    ys, xs = np.nonzero(mask)
    assert abs(ys.mean() - 48) < 3
    assert abs(xs.mean() - 64) < 3
    painting.press("0")
    assert np.array_equal(painting.mask(), mask)


def test_the_keyboard_alone_paints(painting: Painting) -> None:
    painting.stage.focus()
    for key in ("Enter", "ArrowRight", "ArrowRight", "Enter", "ArrowDown"):
        painting.page.keyboard.press(key)
    mask = painting.mask()
    assert mask[48, 64] == 255


def test_a_finger_paints_and_two_fingers_zoom_without_painting(touched: Painting) -> None:
    fingers = Fingers(touched.page)
    fingers.put("touchStart", touched.at(0.3, 0.5))
    for share in (0.4, 0.5, 0.6):
        fingers.put("touchMove", touched.at(share, 0.5))
    fingers.put("touchEnd")
    painted = touched.mask()
    assert painted[48, 64] == 255
    level = touched.page.get_by_role("button", name="Show the whole picture")
    before = level.inner_text()
    (left, y), (right, _) = touched.at(0.4, 0.2), touched.at(0.6, 0.2)
    fingers.put("touchStart", (left, y))
    fingers.put("touchStart", (left, y), (right, y))
    for further in (10, 25, 45):
        fingers.put("touchMove", (left - further, y), (right + further, y))
    fingers.put("touchEnd")
    expect(level).not_to_have_text(before)
    assert np.array_equal(touched.mask(), painted)


def test_a_mask_from_a_file_of_another_size_is_resized_with_a_note(painting: Painting, tmp_path: Path) -> None:
    mask = Image.new("L", (64, 48))
    mask.paste(255, (0, 0, 32, 48))
    mask.save(tmp_path / "mask.png")
    painting.page.get_by_test_id("mask-file").set_input_files(tmp_path / "mask.png")
    expect(painting.page.get_by_test_id("picture-note")).to_contain_text("The mask was 64 x 48")
    arrived = painting.mask()
    assert (arrived[:, :60] == 255).all()
    assert not arrived[:, 68:].any()


def test_margins_make_the_request_larger(painting: Painting) -> None:
    painting.page.get_by_role("button", name="Extend the picture").click()
    painting.page.get_by_label("Left", exact=True).fill("30")
    painting.page.get_by_label("Left", exact=True).press("Tab")
    expect(painting.page.get_by_label("Left", exact=True)).to_have_value("32")
    expect(painting.page.locator("#field-width input[type=number]").first).to_have_value("160")
    expect(painting.page.locator("#field-height input[type=number]").first).to_have_value("96")


def test_a_text_file_named_png_is_refused_in_a_sentence_and_the_picture_stays(
    painting: Painting, tmp_path: Path
) -> None:
    painted = painting.box.get_attribute("data-picture")
    (tmp_path / "words.png").write_text("these are words")
    painting.page.get_by_test_id("picture-file").set_input_files(tmp_path / "words.png")
    expect(painting.page.get_by_test_id("picture-error")).to_contain_text("picture")
    assert painting.box.get_attribute("data-picture") == painted


def test_a_picture_is_pasted_while_the_pointer_is_over_the_input(painting: Painting, tmp_path: Path) -> None:
    content = base64.b64encode(checkered(tmp_path / "other.png", 64, 64).read_bytes()).decode()
    painting.page.mouse.move(1000, 600)
    painting.page.locator("#field-prompt textarea").focus()
    painting.page.evaluate(PASTE, content)
    expect(painting.page.get_by_test_id("picture-size")).to_have_text("128 x 96")
    painting.page.mouse.move(*painting.at(0.5, 0.5))
    painting.page.evaluate(PASTE, content)
    expect(painting.page.get_by_test_id("picture-size")).to_have_text("64 x 64")


def test_picture_and_mask_are_there_again_after_a_reload(painting: Painting) -> None:
    painting.stroke((0.2, 0.5), (0.8, 0.5))
    mask = painting.mask()
    mask_id = painting.box.get_attribute("data-mask") or ""
    painting.page.reload()
    painting.page.locator("html[data-ready=true]").wait_for()
    again = Painting(painting.page, painting.server)
    expect(again.page.get_by_test_id("picture-size")).to_have_text("128 x 96")
    expect(again.box).to_have_attribute("data-mask", mask_id)
    assert np.array_equal(again.mask(), mask)


def test_the_other_tabs_show_the_picture_without_the_brush(painting: Painting) -> None:
    painting.stroke((0.2, 0.5), (0.8, 0.5))
    painting.page.evaluate("window.darkroom.showTab('img2img')")
    expect(painting.page.get_by_test_id("picture-image")).to_be_visible()
    expect(painting.page.get_by_role("toolbar", name="Mask")).to_be_hidden()
    painting.page.evaluate("window.darkroom.showTab('inpaint')")
    expect(painting.page.get_by_role("toolbar", name="Mask")).to_be_visible()
    assert painting.mask().any()


def test_a_removed_picture_leaves_a_place_to_choose_another(painting: Painting) -> None:
    painting.page.get_by_test_id("remove-picture").click()
    expect(painting.page.get_by_test_id("choose-picture")).to_be_focused()
    assert painting.box.get_attribute("data-picture") == ""
