"""Every land, painted alone between an empty sky and its parts."""

import random
from itertools import product

import numpy as np
import pytest

from bundled_model.drawing.canvas import Canvas, Part, Size
from bundled_model.drawing.lands import draw_land, skyline_of
from bundled_model.drawing.media.medium import Medium
from bundled_model.drawing.palette import palette_of
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import SEASONED, Light, Scene, Season, Sky, Subject, Terrain, TimeOfDay

SIZES: tuple[Size, ...] = ((256, 256), (384, 256), (256, 384))
WATERY = (Terrain.SEA, Terrain.LAKE, Terrain.RIVER, Terrain.BEACH)


def scene_in(terrain: Terrain, time: TimeOfDay = TimeOfDay.DAY, season: Season = Season.SUMMER) -> Scene:
    return Scene(
        time=time,
        season=season if terrain in SEASONED else None,
        sky=Sky.CLEAR,
        light=Light.NONE,
        light_place=None,
        terrain=terrain,
        subject=Subject.NONE,
        subject_place=None,
        count=None,
        colour=None,
    )


def drawn(scene: Scene, size: Size = (256, 256), seed: int = 1) -> tuple[Canvas, Ground]:
    rng = random.Random(seed)
    palette = palette_of(scene, rng)
    canvas = Canvas(size, Medium())
    view = View(canvas, scene, palette, rng, skyline_of(scene, size, rng))
    view.light = (0.79 * size[0], 0.2 * size[1])
    return canvas, draw_land(view)


@pytest.mark.parametrize("terrain", Terrain)
def test_a_land_can_be_drawn_at_every_time_in_every_season(terrain: Terrain) -> None:
    seasons = tuple(Season) if terrain in SEASONED else (Season.SUMMER,)
    pictures = [
        drawn(scene_in(terrain, time, season))[0].pixels().tobytes() for time, season in product(TimeOfDay, seasons)
    ]
    assert len(set(pictures)) == len(pictures)


@pytest.mark.parametrize(("terrain", "size"), list(product(Terrain, SIZES)))
def test_a_land_leaves_room_for_the_sky_and_says_where_things_stand(terrain: Terrain, size: Size) -> None:
    canvas, ground = drawn(scene_in(terrain), size)
    width, height = size
    parts = canvas.parts()
    assert (parts == Part.SKY).mean() >= 0.3
    assert (parts[int(0.7 * height) :] != Part.SKY).all()
    assert all(0.7 * height <= ground.foot(x) <= 0.92 * height for x in range(0, width, 16))
    for y in (ground.float_at, ground.bank):
        assert y is None or 0.5 * height <= y <= 0.9 * height


@pytest.mark.parametrize("terrain", Terrain)
def test_boats_float_on_water_and_things_stand_on_land(terrain: Terrain) -> None:
    canvas, ground = drawn(scene_in(terrain))
    parts = canvas.parts()
    assert (ground.float_at is not None) == (terrain in WATERY)
    if ground.float_at is not None:
        assert (parts[int(ground.float_at), 16:240] == Part.WATER).mean() > 0.9
    if terrain not in (Terrain.SEA, Terrain.CITY):
        assert all(parts[int(ground.foot(x)), x] == Part.LAND for x in range(24, 240, 24))


@pytest.mark.parametrize("terrain", Terrain)
def test_a_land_varies_mildly_and_only_by_its_seed(terrain: Terrain) -> None:
    first, again, other = (drawn(scene_in(terrain), seed=seed)[0].pixels() for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    difference = np.abs(first.astype(int) - other.astype(int)).mean()
    assert 0 < difference < 20
