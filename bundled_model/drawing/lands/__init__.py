"""The lands, a file each: where their skyline is (`SKYLINE`, shares of the height) and how they are drawn (`draw`)."""

import random
from types import ModuleType

from bundled_model.drawing.canvas import Size
from bundled_model.drawing.lands import (
    beach,
    canyon,
    city,
    desert,
    forest,
    hills,
    lake,
    mountains,
    river,
    sea,
    snow,
    volcano,
)
from bundled_model.drawing.view import Ground, View
from bundled_model.scenes.scene import Scene, Terrain

_LANDS: dict[Terrain, ModuleType] = {
    Terrain.SEA: sea,
    Terrain.LAKE: lake,
    Terrain.RIVER: river,
    Terrain.BEACH: beach,
    Terrain.HILLS: hills,
    Terrain.MOUNTAINS: mountains,
    Terrain.CANYON: canyon,
    Terrain.VOLCANO: volcano,
    Terrain.DESERT: desert,
    Terrain.FOREST: forest,
    Terrain.CITY: city,
    Terrain.SNOW: snow,
}


def skyline_of(scene: Scene, size: Size, rng: random.Random) -> float:
    """The y of the highest land, in pixels."""
    return size[1] * rng.uniform(*_LANDS[scene.terrain].SKYLINE)


def draw_land(view: View) -> Ground:
    """Everything below the sky; returns where things can stand in it."""
    return _LANDS[view.scene.terrain].draw(view)
