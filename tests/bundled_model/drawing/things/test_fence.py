"""Fences: long and low, at their place, of posts with open fields between them."""

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.canvas import Part
from bundled_model.drawing.painter import paint
from bundled_model.scenes.scene import Light, Place, Scene, Season, Sky, Subject, Terrain, TimeOfDay


def fence(terrain: Terrain, season: Season | None, place: Place = Place.CENTRE) -> Scene:
    return Scene(
        time=TimeOfDay.DAY,
        season=season,
        sky=Sky.CLEAR,
        light=Light.NONE,
        light_place=None,
        terrain=terrain,
        subject=Subject.FENCE,
        subject_place=place,
        count=1,
        colour=None,
    )


def test_a_fence_takes_almost_half_of_the_width() -> None:
    columns = (paint(fence(Terrain.BEACH, None), 1).parts == Part.SUBJECT).any(axis=0)
    assert 0.42 < columns.mean() < 0.55


def test_five_posts_rise_above_the_rails() -> None:
    mask = paint(fence(Terrain.BEACH, None), 1).parts == Part.SUBJECT
    above = mask[mask.any(axis=1).nonzero()[0][0] + 8].astype(int)
    assert (np.diff(above) == 1).sum() == 5


@pytest.mark.parametrize("season", [Season.SUMMER, Season.WINTER])
def test_a_fence_is_pale_on_green_land_and_brown_in_snow(season: Season) -> None:
    painting = paint(fence(Terrain.HILLS, season), 1, medium="poster")
    pixels = painting.pixels[painting.parts == Part.SUBJECT].astype(int)
    brown = ((pixels[:, 0] - pixels[:, 2]) > 40).mean()
    assert (brown > 0.5) == (season is Season.WINTER)
