import random
from dataclasses import replace

import numpy as np
import pytest

from bundled_model.drawing.canvas import Canvas
from bundled_model.drawing.lands.open_ground import light_side
from bundled_model.drawing.lands.plants import grove, meadow, seasonal_firs, wood
from bundled_model.drawing.media.medium import Medium
from bundled_model.drawing.palette import palette_of
from bundled_model.drawing.view import View
from bundled_model.scenes.scene import Light, Scene, Season, Sky, Subject, Terrain, TimeOfDay

HILLS = Scene(
    time=TimeOfDay.DAY,
    season=Season.SUMMER,
    sky=Sky.CLEAR,
    light=Light.NONE,
    light_place=None,
    terrain=Terrain.HILLS,
    subject=Subject.NONE,
    subject_place=None,
    count=None,
    colour=None,
)


def view_of(season: Season, time: TimeOfDay = TimeOfDay.DAY) -> View:
    scene, rng = replace(HILLS, season=season, time=time), random.Random(7)
    return View(Canvas((256, 256), Medium()), scene, palette_of(scene, rng), rng, 120.0)


def grown_in(season: Season, time: TimeOfDay) -> np.ndarray:
    view = view_of(season, time)
    view.canvas.fill(view.canvas.everything(), (0.0, 0.0, 0.0))
    meadow(view, lambda _x: 100.0)
    grove(view, (128.0, 100.0, 60.0), 0.0)
    seasonal_firs(view, [(40.0, 100.0, 80.0), (220.0, 100.0, 80.0)], 0.0)
    return view.canvas.pixels().astype(float)


@pytest.mark.parametrize("time", TimeOfDay)
def test_each_season_colours_what_grows_unlike_the_others(time: TimeOfDay) -> None:
    pictures = {season: grown_in(season, time)[100:].mean((0, 1)) for season in Season}
    for first in Season:
        for second in Season:
            if first is not second:
                assert np.abs(pictures[first] - pictures[second]).max() > 10, (first, second)


def test_snow_lies_on_firs_in_winter_only() -> None:
    whitest = {season: grown_in(season, TimeOfDay.DAY)[30:95, 20:60].min(2).max() for season in Season}
    assert whitest[Season.WINTER] > 200
    assert max(whitest[season] for season in Season if season is not Season.WINTER) < 160


def test_a_row_of_trees_stands_on_its_ground_from_end_to_end() -> None:
    spots = wood(random.Random(1), lambda x: 100 + x / 10, (0.0, 200.0), height=40, gap=20)
    assert len(spots) == 11
    assert all(abs(y - (102 + x / 10)) < 1e-9 for x, y, _ in spots)
    assert all(25 < height < 50 for _, _, height in spots)


def test_things_are_lit_from_where_the_light_stands_and_from_the_right_without_one() -> None:
    view = view_of(Season.SUMMER)
    assert light_side(view, 200.0) == 1
    view.light = (100.0, 40.0)
    assert (light_side(view, 40.0), light_side(view, 200.0)) == (1, -1)
