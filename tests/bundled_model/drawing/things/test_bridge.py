"""Bridges: they span the middle, from one bank to the other, in every land and size."""

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.canvas import Part
from bundled_model.drawing.painter import SIZES, paint
from bundled_model.scenes.scene import SEASONED, TERRAINS_OF, Light, Place, Scene, Season, Sky, Subject, TimeOfDay

BRIDGES = [
    Scene(
        time=TimeOfDay.DAY,
        season=Season.SUMMER if terrain in SEASONED else None,
        sky=Sky.CLEAR,
        light=Light.NONE,
        light_place=None,
        terrain=terrain,
        subject=Subject.BRIDGE,
        subject_place=Place.CENTRE,
        count=1,
        colour=None,
    )
    for terrain in TERRAINS_OF[Subject.BRIDGE]
]


@pytest.mark.parametrize("size", SIZES)
def test_a_bridge_spans_the_middle_without_a_gap(size: tuple[int, int]) -> None:
    for scene in BRIDGES:
        columns = (paint(scene, 1, size).parts == Part.SUBJECT).any(axis=0).nonzero()[0]
        assert 0.55 < np.ptp(columns) / size[0] < 0.7
        assert np.ptp(columns) == len(columns) - 1
        assert abs(columns.mean() / size[0] - 0.5) < 0.02


def test_what_is_behind_a_bridge_shows_through_its_arches() -> None:
    for scene in BRIDGES:
        mask = paint(scene, 1).parts == Part.SUBJECT
        middle = mask[:, 128].nonzero()[0]
        pier = mask[:, :120].any(axis=1).nonzero()[0]
        assert middle.max() + 15 < pier.max()
