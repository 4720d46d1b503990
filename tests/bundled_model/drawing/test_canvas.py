"""The canvas: shapes in colour, and the maps of what each pixel shows."""

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

import skia

from bundled_model.drawing.canvas import Canvas, Part, polygon
from bundled_model.drawing.media.ink import Ink
from bundled_model.drawing.media.medium import Medium

RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
SIZE = (64, 48)


class Cutting(Medium):
    cuts = True


def blue_canvas(medium: Medium | None = None) -> Canvas:
    canvas = Canvas(SIZE, medium or Cutting())
    canvas.fill(canvas.everything(), BLUE)
    return canvas


def test_a_picture_has_rows_columns_and_three_bytes() -> None:
    pixels = blue_canvas().pixels()
    assert pixels.shape == (48, 64, 3)
    assert (pixels == (0, 0, 255)).all()


def test_a_gradient_goes_from_its_first_colour_to_its_last() -> None:
    canvas = Canvas(SIZE, Medium())
    canvas.shade(canvas.everything(), (0, 0), (64, 0), [(RED, 1.0), (BLUE, 1.0)])
    row = canvas.pixels()[20].astype(int)
    assert row[0, 0] > 250
    assert row[-1, 2] > 250
    assert (np.diff(row[:, 0]) <= 0).all()


def test_what_hides_claims_its_pixels_and_a_veil_does_not() -> None:
    canvas = blue_canvas()
    with canvas.showing(Part.LAND):
        canvas.box(0, 24, 64, 24, RED)
    with canvas.showing(Part.CLOUD):
        canvas.box(0, 0, 64, 24, RED, alpha=0.3)
    parts = canvas.parts()
    assert (parts[:24] == Part.SKY).all()
    assert (parts[24:] == Part.LAND).all()


def test_lines_claim_their_pixels() -> None:
    canvas = blue_canvas()
    with canvas.showing(Part.SUBJECT):
        canvas.stroke(skia.Path().moveTo(10, 20).lineTo(50, 20), RED, 4)
    assert canvas.parts()[20, 30] == Part.SUBJECT
    assert canvas.parts()[30, 30] == Part.SKY


def test_showing_ends_with_its_block() -> None:
    canvas = blue_canvas()
    with canvas.showing(Part.WATER):
        pass
    assert canvas.part is Part.SKY


def test_a_mirror_shows_what_is_above_the_shore_and_leaves_the_parts() -> None:
    canvas = blue_canvas()
    canvas.box(0, 0, 64, 20, RED)
    before = canvas.parts()
    canvas.mirror(24, 1.0)
    assert (canvas.pixels()[40] == (255, 0, 0)).all()
    assert (canvas.parts() == before).all()


def test_sheets_further_in_front_have_higher_numbers() -> None:
    canvas = blue_canvas()
    with canvas.showing(Part.LAND):
        canvas.box(0, 24, 64, 24, RED)
        canvas.box(20, 14, 20, 20, BLUE)
    sheets = canvas.sheets()
    assert sheets[5, 5] == 0 < sheets[40, 5] < sheets[20, 30]


def test_shapes_of_one_colour_in_a_row_are_one_sheet() -> None:
    canvas = blue_canvas()
    with canvas.showing(Part.CLOUD):
        canvas.circle((20, 20), 10, RED)
        canvas.circle((34, 20), 10, RED)
        canvas.circle((48, 20), 10, BLUE)
    sheets = canvas.sheets()
    assert sheets[20, 20] == sheets[20, 34] != sheets[20, 52]


def test_tiny_shapes_lines_veils_and_the_sky_are_no_sheets() -> None:
    canvas = blue_canvas()
    with canvas.showing(Part.LAND):
        canvas.circle((10, 10), 5, RED)
        canvas.box(0, 30, 64, 3, RED)
        canvas.shade(canvas.everything(), (0, 0), (0, 48), [(RED, 0.9), (RED, 0.0)])
    canvas.circle((40, 20), 15, RED)
    assert not canvas.sheets().any()


def test_thin_sheets_have_odd_numbers() -> None:
    canvas = blue_canvas()
    with canvas.showing(Part.SUBJECT):
        canvas.box(0, 10, 30, 8, RED)
        canvas.box(0, 24, 30, 20, BLUE)
    sheets = canvas.sheets()
    assert sheets[14, 10] % 2 == 1
    assert sheets[30, 10] % 2 == 0


def test_only_media_that_cut_have_sheets() -> None:
    assert Canvas(SIZE, Ink()).sheets().shape == (48, 64)
    with pytest.raises(ValueError, match="Medium cuts no sheets"):
        Canvas(SIZE, Medium()).sheets()


def test_what_is_below_a_curve_reaches_the_lower_edge() -> None:
    canvas = blue_canvas()
    canvas.fill(canvas.below(lambda _x: 30.0), RED)
    assert (canvas.pixels()[31:] == (255, 0, 0)).all()
    assert (canvas.pixels()[:29] == (0, 0, 255)).all()


def test_a_polygon_is_closed() -> None:
    assert polygon([(0, 0), (4, 0), (4, 4)]).isLastContourClosed()
