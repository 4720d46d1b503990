"""Contact sheets."""

import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from PIL import Image

from bundled_model.judging.generating import Sampling
from bundled_model.scenes.scene import Style
from bundled_model.shipping import sheets
from bundled_model.shipping.sheets import Sheet, draw_sheet, save_sheet, write_sheets


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


def test_the_sheets_of_the_page_are_written_with_the_preview(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "EXAMPLES", {(256, 256): ("a castle", "the sea"), (256, 384): ("a red house",)})
    monkeypatch.setattr(sheets, "FILES", {(256, 256): ("square.jpg", 2), (256, 384): ("tall.jpg", 1)})
    model = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    files = list(write_sheets(Sampling(model, steps=1), tmp_path, seed=1))
    sizes = [Image.open(file).size for file in files]
    assert sizes == [(5 * 192, 4 * 192), (2 * 192, 192), (256, 256), (192, 288)]
    assert files[2] == model / "preview.png"
