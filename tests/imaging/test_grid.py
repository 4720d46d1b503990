import numpy as np
import pytest
from PIL import Image

from webui.imaging import grid
from webui.imaging.grid import Page, contact_sheet
from webui.imaging.lettering import PAPER


def _picture(colour: tuple[int, int, int], size: tuple[int, int] = (64, 48)) -> Image.Image:
    return Image.new("RGB", size, colour)


def _boxes(sheet: Image.Image, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of all pixels of a colour."""
    rows, columns = np.nonzero((np.asarray(sheet) == colour).all(axis=2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def test_pictures_stand_whole_in_their_rows_and_columns() -> None:
    colours = [[(250, 0, 0), (0, 250, 0)], [(0, 0, 250), (250, 0, 250)]]
    sheet = contact_sheet([Page([[_picture(colour) for colour in row] for row in colours])])
    boxes = [[_boxes(sheet, colour) for colour in row] for row in colours]
    for row in boxes:
        for left, top, right, bottom in row:
            assert (right - left, bottom - top) == (64, 48)
    assert boxes[0][0][2] <= boxes[0][1][0]
    assert boxes[0][0][3] <= boxes[1][0][1]
    assert boxes[0][0][0] == boxes[1][0][0]


def test_legends_are_written_above_and_at_the_left() -> None:
    pages = [Page([[_picture((250, 0, 0))]])]
    plain = contact_sheet(pages)
    lettered = contact_sheet(pages, columns=["Steps: 2"], rows=["CFG Scale: 7"])
    left, top, _, _ = _boxes(lettered, (250, 0, 0))
    plain_left, plain_top, _, _ = _boxes(plain, (250, 0, 0))
    assert left > plain_left
    assert top > plain_top
    pixels = np.asarray(lettered)
    assert (pixels[:top] != PAPER).any()
    assert (pixels[top:, :left] != PAPER).any()
    assert (np.asarray(plain)[:plain_top] == PAPER).all()


def test_long_legends_are_wrapped_and_not_cut_off() -> None:
    pages = [Page([[_picture((250, 0, 0))]])]
    short = contact_sheet(pages, columns=["boat"])
    long = contact_sheet(pages, columns=["a boat on the sea at sunset, " * 3])
    assert long.width == short.width
    assert long.height > short.height


def test_several_pages_stand_one_below_another_with_their_titles() -> None:
    pages = [Page([[_picture((250, 0, 0))]], "one"), Page([[_picture((0, 0, 250))]], "two")]
    sheet = contact_sheet(pages)
    assert _boxes(sheet, (0, 0, 250))[1] > _boxes(sheet, (250, 0, 0))[3]


def test_a_missing_picture_is_a_frame_with_words() -> None:
    sheet = contact_sheet([Page([[_picture((250, 0, 0)), "failed: no memory"]])])
    right = np.asarray(sheet)[:, sheet.width // 2 + 4 :]
    assert (right != PAPER).any()


def test_a_sheet_without_any_picture_can_be_drawn() -> None:
    assert contact_sheet([Page([["cancelled"]])], columns=["x"], rows=["y"]).width > 0


def test_a_huge_sheet_is_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid, "MAX_PIXELS", 100_000)
    sheet = contact_sheet([Page([[_picture((9, 9, 250), (300, 300))] * 3] * 3)], columns=["a", "b", "c"])
    assert sheet.width * sheet.height <= 100_000
