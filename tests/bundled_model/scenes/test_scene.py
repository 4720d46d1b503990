"""Scenes: consistent ones only."""

from dataclasses import replace

import pytest

from bundled_model.scenes.scene import Light, Place, Scene, Season, Sky, Style, Subject, Terrain, TimeOfDay

SCENE = Scene(
    style=Style.INK, time=TimeOfDay.DAY, season=None, sky=Sky.CLEAR, light=Light.SUN, light_place=Place.LEFT,
    terrain=Terrain.DESERT, subject=Subject.CAMEL, subject_place=Place.CENTRE, count=3, colour=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"terrain": Terrain.SEA}, "no camel in sea"),
        ({"light": Light.NONE}, "no light has none"),
        ({"light": Light.MOON}, "no moon at day"),
        ({"count": None}, "a subject has a count"),
        ({"count": 4}, "no number of camel"),
        ({"season": Season.WINTER}, "a season shows exactly on"),
        ({"sky": Sky.AURORA}, "no aurora at day"),
        ({"sky": Sky.RAIN}, "no rain"),
        ({"subject": Subject.TREE}, "have a colour"),
        ({"subject": Subject.BIRD, "subject_place": Place.LEFT}, "must not hide"),
        ({"terrain": Terrain.CANYON, "subject": Subject.BRIDGE, "count": 1, "subject_place": Place.LEFT}, "middle"),
        ({"terrain": Terrain.CANYON, "subject": Subject.BRIDGE, "count": 2}, "no number of bridge"),
    ],
)
def test_scenes_that_cannot_be_drawn_are_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        replace(SCENE, **change)  # type: ignore[arg-type]
