"""Roads: they come from the lower edge at their place, and narrow with the distance."""

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.canvas import Part
from bundled_model.drawing.painter import SIZES, paint
from bundled_model.scenes.scene import SEASONED, TERRAINS_OF, Light, Place, Scene, Season, Sky, Subject, TimeOfDay

SHARES = {Place.LEFT: 0.21, Place.CENTRE: 0.5, Place.RIGHT: 0.79}


@pytest.mark.parametrize("place", Place)
def test_a_road_leads_from_the_lower_edge_at_its_place_into_the_distance(place: Place) -> None:
    for index, terrain in enumerate(TERRAINS_OF[Subject.ROAD]):
        scene = Scene(
            time=TimeOfDay.NIGHT,
            season=Season.SUMMER if terrain in SEASONED else None,
            sky=Sky.CLEAR,
            light=Light.NONE,
            light_place=None,
            terrain=terrain,
            subject=Subject.ROAD,
            subject_place=place,
            count=1,
            colour=None,
        )
        width, height = size = SIZES[index % len(SIZES)]
        mask = paint(scene, 1, size, medium="poster").parts == Part.SUBJECT
        lengths = mask.sum(axis=1)
        rows = lengths.nonzero()[0]
        assert rows.max() == height - 1
        assert rows.min() < 0.8 * height
        assert abs(mask[-1].nonzero()[0].mean() / width - SHARES[place]) < 0.05
        assert lengths[rows.min() + 3] < 0.25 * lengths[-1]
