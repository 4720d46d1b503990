"""Random scenes: numbered, consistent, and split into those trained on and those held out for the measurements."""

import hashlib
import random
from typing import TypeVar

from bundled_model.scenes.scene import (
    COLOURED,
    COUNTED,
    SEASONED,
    TERRAINS_OF,
    Colour,
    Light,
    Scene,
    Season,
    Style,
    Subject,
    Terrain,
    TimeOfDay,
    lights_of,
    places_of,
    skies_of,
)

HELD_OUT_PERCENT = 10
ALONE_SHARE = 0.5
"""Share of countable things that come alone."""
Choice = TypeVar("Choice")


def is_held_out(style: Style, time: TimeOfDay, terrain: Terrain, subject: Subject) -> bool:
    """Whether this combination is kept out of training, by a fixed rule: about `HELD_OUT_PERCENT` of all.

    Each attribute alone is trained on; only their meeting is new to the model at evaluation.
    """
    digest = hashlib.sha256(f"{style}/{time}/{terrain}/{subject}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < HELD_OUT_PERCENT


def holds_out(scene: Scene) -> bool:
    """Whether the scene's combination is held out."""
    return is_held_out(scene.style, scene.time, scene.terrain, scene.subject)


def sample_scene(rng: random.Random, *, held_out: bool = False) -> Scene:
    """One consistent scene: of the trained combinations, or (`held_out`) of those never trained on."""
    while True:
        scene = _sample_any(rng)
        if holds_out(scene) == held_out:
            return scene


def numbered_scene(seed: int, index: int, *, held_out: bool = False) -> tuple[Scene, int]:
    """Scene number `index` of a series, and the seed to paint it with."""
    rng = random.Random(f"{seed}/{index}/{held_out}")
    return sample_scene(rng, held_out=held_out), rng.randrange(1 << 30)


def subjects_of(terrain: Terrain) -> tuple[Subject, ...]:
    """Subjects that can be in a land."""
    return tuple(subject for subject in Subject if terrain in TERRAINS_OF[subject])


def _sample_any(rng: random.Random) -> Scene:
    # Now the land first, now the thing: whichever came second would be rare where few go with it.
    if rng.random() < 0.5:
        subject = _any_of(rng, tuple(Subject))
        terrain = _any_of(rng, TERRAINS_OF[subject])
    else:
        terrain = _any_of(rng, tuple(Terrain))
        subject = _any_of(rng, subjects_of(terrain))
    time = _any_of(rng, tuple(TimeOfDay))
    season = _any_of(rng, tuple(Season)) if terrain in SEASONED else None
    sky = _any_of(rng, skies_of(time, terrain, season))
    light = _any_of(rng, lights_of(time, sky))
    light_place = None if light is Light.NONE else _any_of(rng, places_of(Subject.NONE, None))
    absent = subject is Subject.NONE
    return Scene(
        style=_any_of(rng, tuple(Style)),
        time=time,
        season=season,
        sky=sky,
        light=light,
        light_place=light_place,
        terrain=terrain,
        subject=subject,
        subject_place=None if absent else _any_of(rng, places_of(subject, light_place)),
        count=None if absent else _count_of(rng, subject),
        colour=_any_of(rng, tuple(Colour)) if subject in COLOURED else None,
    )


def _count_of(rng: random.Random, subject: Subject) -> int:
    return 1 if subject not in COUNTED or rng.random() < ALONE_SHARE else rng.choice((2, 3))


def _any_of(rng: random.Random, choices: tuple[Choice, ...]) -> Choice:
    return rng.choice(choices)
