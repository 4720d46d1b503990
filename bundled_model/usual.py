"""What a sentence leaves out has its usual value: a thing whose place is not named stands in the middle.

Without such a rule a denoiser that is told of "a castle" learns the mean of three places, and paints three.
"""

import random
from dataclasses import replace

from bundled_model.scene import Colour, Light, Place, Scene, Sky, Subject, Terrain, TimeOfDay, is_held_out

LIGHT_PLACE = Place.RIGHT
SUBJECT_PLACE = Place.CENTRE
TIME = TimeOfDay.DAY
COLOURS: dict[Subject, Colour] = {
    Subject.SAILBOAT: Colour.WHITE,
    Subject.HOUSE: Colour.WHITE,
    Subject.LIGHTHOUSE: Colour.RED,
    Subject.TREE: Colour.GREEN,
    Subject.BALLOON: Colour.RED,
    Subject.WINDMILL: Colour.WHITE,
    Subject.CASTLE: Colour.BLUE,
}
MADE_USUAL_SHARE = 0.5


def terrain_of(subject: Subject) -> Terrain:
    """The land of a sentence that names none."""
    return Terrain.SEA if subject is Subject.SAILBOAT else Terrain.HILLS


def made_usual(scene: Scene, rng: random.Random) -> Scene:
    """The scene with about half of its attributes usual, where that is a scene that is trained on."""
    without_subject: dict[str, object] = {"subject": Subject.NONE, "subject_place": None, "colour": None}
    changes: list[dict[str, object]] = [
        {"terrain": terrain_of(scene.subject)},
        {"time": TIME},
        {"sky": Sky.CLEAR},
        {"light": Light.NONE, "light_place": None},
        without_subject if rng.random() < 0.25 else {},
        {"subject_place": SUBJECT_PLACE},
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
    return scene if is_held_out(changed.time, changed.terrain, changed.subject) else changed
