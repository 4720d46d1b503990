"""Pixel art: cells of one colour on a fixed grid."""

import random

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.canvas import Canvas
from bundled_model.drawing.media.pixel import CELL, Pixel

NAVY, GOLD = (0.1, 0.1, 0.4), (0.95, 0.8, 0.2)


def drawn(size: tuple[int, int]) -> np.ndarray:
    canvas = Canvas(size, Pixel())
    canvas.fill(canvas.everything(), NAVY)
    canvas.circle((size[0] / 2 + 1.3, size[1] / 2 - 0.7), 50.5, GOLD)
    return Pixel().finish(canvas, random.Random(0))


@pytest.mark.parametrize("size", [(256, 256), (384, 256), (256, 384)])
def test_each_cell_has_one_colour(size: tuple[int, int]) -> None:
    width, height = size
    cells = drawn(size).reshape(height // CELL, CELL, width // CELL, CELL, 3)
    assert (cells == cells[:, :1, :, :1]).all()


def test_edges_mix_no_colours() -> None:
    # Half covered cells have one colour or the other; only the anti-aliased line itself mixes a few.
    _, counts = np.unique(drawn((256, 256)).reshape(-1, 3), axis=0, return_counts=True)
    assert np.sort(counts)[-2:].sum() > 0.98 * counts.sum()


def test_a_size_that_is_no_multiple_of_the_cell_stays() -> None:
    assert drawn((258, 259)).shape == (259, 258, 3)


def test_a_smooth_gradient_becomes_a_few_steps() -> None:
    canvas = Canvas((256, 256), Pixel())
    canvas.shade(canvas.everything(), (0, 0), (0, 256), [(NAVY, 1.0), (GOLD, 1.0)])
    assert len(np.unique(Pixel().finish(canvas, random.Random(0)).reshape(-1, 3), axis=0)) < 40
