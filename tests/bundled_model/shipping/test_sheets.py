"""Contact sheets."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from PIL import Image

from bundled_model.shipping.sheets import draw_sheet, save_sheet


def test_a_row_that_is_not_full_is_filled_up(tmp_path: Path) -> None:
    white = np.full((4, 4, 3), 255, np.uint8)
    save_sheet([white] * 3, 2, tmp_path / "sheet.png")
    pixels = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert pixels.shape == (8, 8, 3)
    assert pixels[:, :4].min() == 255
    assert pixels[4:, 4:].max() == 0


def test_cells_have_the_size_asked_for(tmp_path: Path) -> None:
    captions = draw_sheet(tmp_path / "sheet.png", seed=1, count=4, columns=2, cell=32)
    assert len(captions) == 4
    assert Image.open(tmp_path / "sheet.png").size == (64, 64)
