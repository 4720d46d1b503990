"""Trees: snow lies on their crowns in winter, and their colour stays."""

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.canvas import Part
from bundled_model.drawing.painter import paint
from bundled_model.scenes.scene import Colour, Light, Place, Scene, Season, Sky, Subject, Terrain, TimeOfDay


def crown(season: Season, light_place: Place | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The pixels of a purple tree (h, w, 3), and which are the tree's."""
    scene = Scene(
        time=TimeOfDay.DAY,
        season=season,
        sky=Sky.CLEAR,
        light=Light.NONE if light_place is None else Light.SUN,
        light_place=light_place,
        terrain=Terrain.HILLS,
        subject=Subject.TREE,
        subject_place=Place.CENTRE,
        count=1,
        colour=Colour.PURPLE,
    )
    painting = paint(scene, 3, medium="poster")
    return painting.pixels.astype(int), painting.parts == Part.SUBJECT


def test_a_crown_keeps_its_colour_under_the_snow() -> None:
    whites, purples = {}, {}
    for season in (Season.SUMMER, Season.WINTER):
        pixels, mask = crown(season)
        tree = pixels[mask]
        whites[season] = (tree.min(axis=1) > 215).mean()
        purples[season] = (tree[:, 2] - tree[:, 1] > 60).mean()
    assert whites[Season.WINTER] > whites[Season.SUMMER] + 0.08
    assert purples[Season.WINTER] > 0.5


@pytest.mark.parametrize(("light_place", "brighter"), [(Place.LEFT, "left"), (Place.RIGHT, "right")])
def test_the_side_towards_the_sun_is_brighter(light_place: Place, brighter: str) -> None:
    pixels, mask = crown(Season.SUMMER, light_place)
    left, right = (pixels[:, half][mask[:, half]].mean() for half in (slice(0, 128), slice(128, 256)))
    assert ("left" if left > right else "right") == brighter
