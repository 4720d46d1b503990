"""Lines and shadows where one sheet ends on another."""

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

import skia

from bundled_model.drawing.media.contours import contour, overlay, shadow


def two_sheets(front: int) -> np.ndarray:
    sheets = np.zeros((32, 32), np.uint16)
    sheets[:, 16:] = front
    return sheets


@pytest.mark.parametrize("width", [3, 4])
def test_a_line_is_about_as_wide_as_asked_and_lies_on_the_edge(width: int) -> None:
    line = contour(two_sheets(2), width)[10]
    assert abs(line.sum() - width) < 1.2
    assert line[16] == line[15] == line.max()
    assert line[:10].max() == line[22:].max() == 0


def test_lines_around_thin_sheets_are_fainter() -> None:
    assert contour(two_sheets(3), 3).max() < contour(two_sheets(2), 3).max()


def test_nothing_ends_on_a_single_sheet() -> None:
    assert not contour(np.full((16, 16), 4, np.uint16), 3).any()


def test_a_shadow_falls_on_what_is_behind_and_away_from_the_light() -> None:
    light_from_the_right = [(4, 0), (2, 0)]
    dark = shadow(two_sheets(2), light_from_the_right)
    assert dark[10, 13] > 0.5
    assert dark[10, 20] == dark[10, 5] == 0
    assert not shadow(two_sheets(2), [(-4, 0)]).any()


def test_an_overlay_is_as_opaque_as_its_share() -> None:
    surface = skia.Surface(32, 32)
    surface.getCanvas().clear(skia.ColorBLACK)
    share = np.zeros((32, 32), np.float32)
    share[:16] = 1
    overlay(surface.getCanvas(), share, (1.0, 0.5, 0.0), 0.5)
    pixels = surface.toarray(colorType=skia.kRGBA_8888_ColorType)
    assert np.allclose(pixels[5, 5, :3], (127, 64, 0), atol=2)
    assert (pixels[20, 5, :3] == 0).all()
