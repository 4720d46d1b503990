"""Outlines: smooth through their points, and the same shape mirrored."""

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.things.shapes import common, discs, moved, smooth, without

SQUARE = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]


def test_an_outline_passes_through_its_points_and_bulges_between_them() -> None:
    bounds = smooth(SQUARE).computeTightBounds()
    assert bounds.left() < 0 < 10 < bounds.right()
    assert smooth(SQUARE).contains(5, -0.5)
    assert not smooth(SQUARE).contains(-0.5, -0.5)


def test_a_point_named_twice_is_a_corner() -> None:
    corners = smooth([point for point in SQUARE for _ in range(2)]).computeTightBounds()
    assert corners.left() > -1
    assert corners.right() < 11


def test_discs_become_one_outline() -> None:
    both = discs([(0, 0, 5), (6, 0, 5)])
    assert both.contains(0, 0)
    assert both.contains(6, 0)
    assert both.countVerbs() < 2 * discs([(0, 0, 5)]).countVerbs() + discs([(6, 0, 5)]).countVerbs()


def test_shapes_are_cut_by_others() -> None:
    disc = discs([(0, 0, 5)])
    other = moved(disc, 5, 0)
    assert common(disc, other).contains(2.5, 0)
    assert not common(disc, other).contains(-2, 0)
    assert without(disc, other).contains(-2, 0)
    assert not without(disc, other).contains(2.5, 0)
