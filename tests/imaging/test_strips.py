import io

import numpy as np
import pytest
from PIL import Image

from webui.imaging import strips
from webui.imaging.heat import DARK
from webui.imaging.strips import encode_picture, strip, tiled_square


def _cell(value: int, height: int = 2, width: int = 3) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


def test_cells_stand_in_rows_of_eight_and_the_rest_is_dark() -> None:
    made = strip([_cell(number) for number in range(10)])
    assert (made.columns, made.rows, made.cells, made.pixels.shape) == (8, 2, 10, (4, 24, 3))
    for number in range(10):
        top, left = number // 8 * 2, number % 8 * 3
        assert (made.pixels[top : top + 2, left : left + 3] == number).all()
    assert (made.pixels[2:, 6:] == DARK).all()


def test_a_strip_is_eight_cells_wide_however_few_there_are() -> None:
    assert strip([_cell(1)]).pixels.shape == (2, 24, 3)


def test_cells_of_an_earlier_smaller_size_are_enlarged_without_smoothing() -> None:
    small = np.array([[[0, 0, 0], [200, 200, 200]]], np.uint8)
    made = strip([small, _cell(9, height=2, width=4)])
    assert made.pixels[:2, :4, 0].tolist() == [[0, 0, 200, 200]] * 2


def test_a_strip_of_very_many_large_cells_has_smaller_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strips, "MOST_PIXELS", 8 * 4 * 4)
    made = strip([_cell(5, height=8, width=8)] * 8)
    assert made.pixels.shape == (4, 32, 3)
    assert (made.pixels == 5).all()


@pytest.mark.parametrize(("count", "side"), [(1, 1), (4, 2), (5, 3), (16, 4)])
def test_parts_stand_in_the_smallest_square(count: int, side: int) -> None:
    assert tiled_square([_cell(1)] * count).shape == (2 * side, 3 * side, 3)


def test_pictures_are_encoded_whole() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (8, 6, 3), np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(encode_picture(pixels, "png")))), pixels)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(encode_picture(pixels[..., 0], "png")))), pixels[..., 0])
    assert Image.open(io.BytesIO(encode_picture(pixels, "jpg"))).format == "JPEG"
