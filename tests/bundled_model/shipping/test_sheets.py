"""Contact sheets."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from PIL import Image

from bundled_model.scenes.scene import Style
from bundled_model.shipping.sheets import Sheet, draw_sheet, save_sheet


def test_a_row_that_is_not_full_is_filled_up(tmp_path: Path) -> None:
    white = np.full((4, 4, 3), 255, np.uint8)
    save_sheet([white] * 3, 2, tmp_path / "sheet.png")
    pixels = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert pixels.shape == (8, 8, 3)
    assert pixels[:, :4].min() == 255
    assert pixels[4:, 4:].max() == 0


def test_cells_have_the_size_asked_for(tmp_path: Path) -> None:
    captions = draw_sheet(tmp_path / "sheet.png", Sheet(count=4, columns=2, cell=32))
    assert len(captions) == 4
    assert Image.open(tmp_path / "sheet.png").size == (64, 64)


def test_pictures_that_are_not_square_keep_their_shape(tmp_path: Path) -> None:
    draw_sheet(tmp_path / "sheet.png", Sheet(count=2, columns=2, cell=32, size=(384, 256)))
    assert Image.open(tmp_path / "sheet.png").size == (96, 32)


def test_in_every_style_a_row_shows_one_scene(tmp_path: Path) -> None:
    captions = draw_sheet(tmp_path / "sheet.png", Sheet(count=2, cell=32, styles=tuple(Style)))
    assert len(captions) == 2 * len(Style)
    assert Image.open(tmp_path / "sheet.png").size == (32 * len(Style), 64)
