"""Smooth fields and filters."""

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.media.textures import doubled, halved, smooth_field, softened, torn_border, wobbled


def test_a_field_is_smooth_within_one_and_always_the_same() -> None:
    field = smooth_field((96, 64), 30, 1)
    assert field.shape == (64, 96)
    assert np.abs(field).max() <= 1
    assert np.abs(np.diff(field, axis=1)).max() < 0.2
    smooth_field.cache_clear()
    assert np.array_equal(field, smooth_field((96, 64), 30, 1))
    assert not np.array_equal(field, smooth_field((96, 64), 30, 2))


def test_a_border_is_bare_outside_and_full_inside() -> None:
    share = torn_border((128, 96), 10, 3)
    assert share[0].max() == share[:, 0].max() == share[-1].max() == share[:, -1].max() == 0
    assert share[20:-20, 20:-20].min() == 1


def test_wobbling_moves_lines_by_no_more_than_its_strength() -> None:
    picture = np.full((64, 64, 4), 255, np.uint8)
    picture[:, :32] = 0
    moved = wobbled(picture, 2.0, 20)
    assert moved.shape == (64, 64, 3)
    assert (moved[:, :29] == 0).all()
    assert (moved[:, 35:] > 254).all()
    assert not np.array_equal(moved, picture[..., :3])


def test_filters_leave_what_is_flat() -> None:
    flat = np.full((16, 24, 3), 7, np.float32)
    for made, shape in ((softened(flat, 2), (16, 24, 3)), (halved(flat), (8, 12, 3)), (doubled(flat), (32, 48, 3))):
        assert made.shape == shape
        assert np.allclose(made, 7)


def test_softening_spreads_a_dot_and_keeps_its_light() -> None:
    dot = np.zeros((9, 9), np.float32)
    dot[4, 4] = 16
    assert softened(dot)[3:6, 3:6].tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]


def test_doubling_a_slope_stays_a_slope() -> None:
    slope = np.arange(8, dtype=np.float32)[:, None] * np.ones((1, 4), np.float32)
    assert np.allclose(np.diff(doubled(slope)[1:-1, 0]), 0.5)
