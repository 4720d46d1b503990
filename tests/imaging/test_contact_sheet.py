import numpy as np
import pytest
from PIL import Image

from webui.imaging import contact_sheet
from webui.imaging.contact_sheet import StepSheet
from webui.imaging.lettering import PAPER


def _box(sheet: Image.Image, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of all pixels of a colour."""
    rows, columns = np.nonzero((np.asarray(sheet) == colour).all(axis=2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def _sheet(count: int, size: tuple[int, int], title: str = "") -> Image.Image:
    sheet = StepSheet(count, size, title)
    for number in range(count):
        sheet.add(Image.new("RGB", size, (10 + number, 0, 250)), f"step {number}", "sigma 1.5")
    return sheet.image


def test_steps_stand_whole_in_rows_in_their_order() -> None:
    sheet = _sheet(21, (96, 64))
    boxes = [_box(sheet, (10 + number, 0, 250)) for number in range(21)]
    assert {(right - left, bottom - top) for left, top, right, bottom in boxes} == {(96, 64)}
    places = [(top, left) for left, top, _, _ in boxes]
    assert places == sorted(places)
    assert len({top for top, _ in places}) > 1
    assert boxes[-1][3] <= sheet.height


def test_each_step_has_its_number_below() -> None:
    sheet = _sheet(3, (96, 64))
    pixels = np.asarray(sheet)
    for number in range(3):
        left, _, right, bottom = _box(sheet, (10 + number, 0, 250))
        assert (pixels[bottom : bottom + 14, left:right] != PAPER).any()


def test_different_steps_have_different_numbers() -> None:
    pixels = np.asarray(_sheet(2, (96, 64)))
    boxes = [_box(_sheet(2, (96, 64)), (10 + number, 0, 250)) for number in range(2)]
    first, second = (pixels[bottom : bottom + 14, left:right] for left, _, right, bottom in boxes)
    assert (first != second).any()


def test_a_long_title_stays_within_its_lines() -> None:
    with_title, without = _sheet(4, (96, 64), "a boat on the sea " * 40), _sheet(4, (96, 64))
    assert with_title.size == without.size
    top = _box(with_title, (10, 0, 250))[1]
    assert (np.asarray(with_title)[:top] != PAPER).any()
    assert (np.asarray(without)[:top] == PAPER).all()


@pytest.mark.parametrize(("count", "size"), [(1, (8, 8)), (1, (2048, 64)), (2, (64, 2048)), (151, (64, 64))])
def test_any_number_and_shape_has_a_sheet(count: int, size: tuple[int, int]) -> None:
    sheet = _sheet(count, size)
    assert sheet.width >= size[0]
    assert sheet.height >= size[1]


def test_a_huge_sheet_is_made_smaller_and_every_picture_is_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_sheet, "MAX_PIXELS", 200_000)
    sheet = _sheet(20, (300, 200))
    assert sheet.width * sheet.height <= 200_000
    for number in range(20):
        left, top, right, bottom = _box(sheet, (10 + number, 0, 250))
        assert right - left > 50
        assert (bottom - top) / (right - left) == pytest.approx(2 / 3, abs=0.05)


def test_a_smaller_picture_stands_in_the_middle_of_its_cell() -> None:
    sheet = StepSheet(2, (100, 80))
    sheet.add(Image.new("RGB", (50, 40), (1, 2, 250)), "step 0")
    sheet.add(Image.new("RGB", (100, 80), (250, 2, 1)), "step 1")
    small, large = _box(sheet.image, (1, 2, 250)), _box(sheet.image, (250, 2, 1))
    assert (small[2] - small[0], small[3] - small[1]) == (50, 40)
    assert small[1] - large[1] == 20
