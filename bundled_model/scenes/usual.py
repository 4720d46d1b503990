"""What a sentence leaves out has its usual value: a thing whose place is not named stands in the middle.

Without such a rule a denoiser that is told of "a castle" learns the mean of three places, and paints three.
"""

import random
from dataclasses import replace

from bundled_model.scenes.sampling import holds_out
from bundled_model.scenes.scene import (
    SEASONED,
    Colour,
    Light,
    Place,
    Scene,
    Season,
    Sky,
    Style,
    Subject,
    Terrain,
    TimeOfDay,
)

STYLE = Style.POSTER
LIGHT_PLACE = Place.RIGHT
SUBJECT_PLACE = Place.CENTRE
TIME = TimeOfDay.DAY
SEASON = Season.SUMMER
COUNT = 1
COLOURS: dict[Subject, Colour] = {
    Subject.SAILBOAT: Colour.WHITE,
    Subject.FISHING_BOAT: Colour.BLUE,
    Subject.HOUSE: Colour.WHITE,
    Subject.LIGHTHOUSE: Colour.RED,
    Subject.TREE: Colour.GREEN,
    Subject.BALLOON: Colour.RED,
    Subject.WINDMILL: Colour.WHITE,
    Subject.CASTLE: Colour.BLUE,
}
MADE_USUAL_SHARE = 0.5
_HOMES: dict[Subject, Terrain] = {
    Subject.SAILBOAT: Terrain.SEA,
    Subject.FISHING_BOAT: Terrain.LAKE,
    Subject.LIGHTHOUSE: Terrain.SEA,
    Subject.BRIDGE: Terrain.RIVER,
    Subject.CAMEL: Terrain.DESERT,
    Subject.DEER: Terrain.FOREST,
}


def terrain_of(subject: Subject) -> Terrain:
    """The land of a sentence that names none."""
    return _HOMES.get(subject, Terrain.HILLS)


def season_of(terrain: Terrain, sky: Sky) -> Season | None:
    """The season of a sentence that names none."""
    if terrain not in SEASONED:
        return None
    return Season.WINTER if sky is Sky.SNOWFALL else SEASON


def time_of(sky: Sky, light: Light) -> TimeOfDay:
    """The time of a sentence that names none: stars and the moon are seen at night."""
    dark = sky in (Sky.STARS, Sky.AURORA) or light in (Light.MOON, Light.CRESCENT)
    return TimeOfDay.NIGHT if dark else TIME


def is_usual(scene: Scene, attribute: str) -> bool:
    """Whether a sentence that names the scene's other attributes may leave this one out."""
    absent = scene.subject is Subject.NONE
    return (
        getattr(scene, attribute)
        == {
            "style": STYLE,
            "time": time_of(scene.sky, scene.light),
            "season": season_of(scene.terrain, scene.sky),
            "sky": Sky.CLEAR,
            "light": Light.NONE,
            "light_place": None if scene.light is Light.NONE else LIGHT_PLACE,
            "terrain": terrain_of(scene.subject),
            "subject": Subject.NONE,
            "subject_place": None if absent else SUBJECT_PLACE,
            "count": None if absent else COUNT,
            "colour": COLOURS.get(scene.subject),
        }[attribute]
    )


def made_usual(scene: Scene, rng: random.Random) -> Scene:
    """The scene with about half of its attributes usual, where that is a scene that is trained on."""
    changes: list[dict[str, object]] = [
        {"style": STYLE},
        {"terrain": (land := terrain_of(scene.subject)), "season": season_of(land, scene.sky)},
        {"time": time_of(scene.sky, scene.light)},
        {"season": season_of(scene.terrain, scene.sky)},
        {"sky": Sky.CLEAR},
        {"light": Light.NONE, "light_place": None},
        {"subject": Subject.NONE, "subject_place": None, "count": None, "colour": None} if rng.random() < 0.25 else {},
        {"subject_place": SUBJECT_PLACE},
        {"count": COUNT},
        {"colour": COLOURS.get(scene.subject)},
        {"light_place": LIGHT_PLACE},
    ]
    for change in changes:
        if rng.random() < MADE_USUAL_SHARE:
            scene = _changed(scene, change)
    return scene


def _changed(scene: Scene, change: dict[str, object]) -> Scene:
    """The changed scene, or the same one where the change gives none that can be drawn, or one that is held out."""
    try:
        changed = replace(scene, **change)  # pyright: ignore[reportArgumentType]
    except ValueError:
        return scene
    return scene if holds_out(changed) else changed
