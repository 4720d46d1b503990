"""What a drawn picture shows: its attributes, which of them go together, and which combinations are never trained on.

Nothing here draws or writes sentences: `drawing` and `captions` do, from the same frozen `Scene`.
"""

import hashlib
import random
from dataclasses import dataclass
from enum import StrEnum


class TimeOfDay(StrEnum):
    """Sets the palette of the whole picture."""

    DAWN = "dawn"
    DAY = "day"
    SUNSET = "sunset"
    NIGHT = "night"


class Sky(StrEnum):
    """The one thing the sky holds besides sun or moon."""

    CLEAR = "clear"
    CLOUDS = "clouds"
    BIRDS = "birds"
    STARS = "stars"
    AURORA = "aurora"
    RAINBOW = "rainbow"


class Light(StrEnum):
    """Sun or moon, or neither."""

    NONE = "none"
    SUN = "sun"
    MOON = "moon"
    CRESCENT = "crescent"


class Terrain(StrEnum):
    """The land, or water, that fills the lower half."""

    SEA = "sea"
    LAKE = "lake"
    HILLS = "hills"
    MOUNTAINS = "mountains"
    DESERT = "desert"
    CITY = "city"
    FOREST = "forest"
    SNOW = "snow"


class Subject(StrEnum):
    """The one thing in the foreground."""

    NONE = "none"
    SAILBOAT = "sailboat"
    HOUSE = "house"
    LIGHTHOUSE = "lighthouse"
    TREE = "tree"
    BALLOON = "balloon"
    WINDMILL = "windmill"
    CASTLE = "castle"


class Colour(StrEnum):
    """Main colour of the subject."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    WHITE = "white"


class Place(StrEnum):
    """Horizontal place, as the viewer sees it."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


SKIES: dict[TimeOfDay, tuple[Sky, ...]] = {
    TimeOfDay.DAWN: (Sky.CLEAR, Sky.CLOUDS, Sky.BIRDS),
    TimeOfDay.DAY: (Sky.CLEAR, Sky.CLOUDS, Sky.BIRDS, Sky.RAINBOW),
    TimeOfDay.SUNSET: (Sky.CLEAR, Sky.CLOUDS, Sky.BIRDS),
    TimeOfDay.NIGHT: (Sky.CLEAR, Sky.CLOUDS, Sky.STARS, Sky.STARS, Sky.AURORA),
}
"""Skies that go with a time of day; one named twice is drawn twice as often."""

WATER = (Terrain.SEA, Terrain.LAKE)
HELD_OUT_PERCENT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All attributes of one picture.

    `light_place` is None exactly when there is no light; `subject_place` and `colour` exactly when there is no subject.
    """

    time: TimeOfDay
    sky: Sky
    light: Light
    light_place: Place | None
    terrain: Terrain
    subject: Subject
    subject_place: Place | None
    colour: Colour | None

    def __post_init__(self) -> None:
        """Refuse scenes that cannot be drawn."""
        if (self.light is Light.NONE) != (self.light_place is None):
            raise ValueError("a scene has a light_place exactly when it has a light")
        if (self.subject is Subject.NONE) != (self.subject_place is None) or (self.subject_place is None) != (
            self.colour is None
        ):
            raise ValueError("a scene has a subject_place and a colour exactly when it has a subject")
        if self.subject is Subject.SAILBOAT and self.terrain not in WATER:
            raise ValueError(f"a sailboat needs water, not {self.terrain}")
        if self.sky not in SKIES[self.time]:
            raise ValueError(f"{self.sky} does not go with {self.time}")
        if self.light not in lights_of(self.time):
            raise ValueError(f"{self.light} does not go with {self.time}")
        if self.subject is Subject.BALLOON and self.subject_place == self.light_place:
            raise ValueError("a balloon must not hide the sun or the moon")


def lights_of(time: TimeOfDay) -> tuple[Light, ...]:
    """Lights that go with a time of day; one named twice is drawn twice as often."""
    if time is TimeOfDay.NIGHT:
        return (Light.NONE, Light.MOON, Light.CRESCENT)
    return (Light.NONE, Light.SUN, Light.SUN)


def subjects_of(terrain: Terrain) -> tuple[Subject, ...]:
    """Subjects that can stand on a terrain."""
    return tuple(s for s in Subject if s is not Subject.SAILBOAT or terrain in WATER)


def is_held_out(time: TimeOfDay, terrain: Terrain, subject: Subject) -> bool:
    """Whether this combination is kept out of training, by a fixed rule: about `HELD_OUT_PERCENT` of all.

    Each attribute alone is trained on; only their meeting is new to the model at evaluation.
    """
    digest = hashlib.sha256(f"{time}/{terrain}/{subject}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < HELD_OUT_PERCENT


def sample_scene(rng: random.Random, *, held_out: bool = False) -> Scene:
    """One consistent scene: of the trained combinations, or (`held_out`) of those never trained on."""
    while True:
        scene = _sample_any(rng)
        if is_held_out(scene.time, scene.terrain, scene.subject) == held_out:
            return scene


def _sample_any(rng: random.Random) -> Scene:
    time = rng.choice(list(TimeOfDay))
    terrain = rng.choice(list(Terrain))
    light = rng.choice(lights_of(time))
    light_place = None if light is Light.NONE else rng.choice(list(Place))
    subject = rng.choice(subjects_of(terrain))
    places = [p for p in Place if subject is not Subject.BALLOON or p != light_place]
    return Scene(
        time=time,
        sky=rng.choice(SKIES[time]),
        light=light,
        light_place=light_place,
        terrain=terrain,
        subject=subject,
        subject_place=None if subject is Subject.NONE else rng.choice(places),
        colour=None if subject is Subject.NONE else rng.choice(list(Colour)),
    )
