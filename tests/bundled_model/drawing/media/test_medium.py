"""Which shapes are sheets, and what the plain medium does (nothing)."""

import random

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

import skia

from bundled_model.drawing.canvas import Canvas, Part
from bundled_model.drawing.media.medium import Medium, Shape

RED = (1.0, 0.0, 0.0)


def box(width: float, height: float, *alphas: float, part: Part = Part.LAND, cut: bool | None = None) -> Shape:
    path = skia.Path.Rect(skia.Rect.MakeWH(width, height))
    return Shape(path, part, (0, 0), (0, height), [(RED, alpha) for alpha in alphas or (1.0, 1.0)], cut)


@pytest.mark.parametrize(
    ("shape", "is_sheet"),
    [
        (box(40, 40), True),
        (box(40, 8), True),
        (box(10, 10), False),
        (box(40, 4), False),
        (box(40, 40, 1.0, 0.2), False),
        (box(40, 40, part=Part.SKY), False),
        (box(40, 40, part=Part.SKY, cut=True), True),
        (box(40, 40, cut=False), False),
    ],
)
def test_sheets_are_opaque_things_of_some_size_unless_the_medium_says_otherwise(shape: Shape, is_sheet: bool) -> None:
    assert shape.is_sheet is is_sheet


def test_thin_shapes_are_narrow_and_wide_ones_reach_across() -> None:
    assert box(40, 8).thin
    assert not box(40, 40).thin
    assert box(256, 60).is_wide
    assert not box(256, 8).is_wide


def test_plain_paint_changes_nothing() -> None:
    medium = Medium()
    canvas = Canvas((32, 32), medium)
    canvas.fill(canvas.everything(), RED)
    medium.draw_contours(canvas)
    assert np.array_equal(medium.finish(canvas, random.Random(0)), canvas.pixels())
    assert medium.pieces(box(40, 40))[0].path is not None
    assert medium.tone(RED) == RED
