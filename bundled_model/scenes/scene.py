"""What a drawn picture shows: its attributes, and which of them go together.

Nothing here draws or writes sentences: `drawing` and `captions` do, from the same frozen `Scene`.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Style(StrEnum):
    """How the picture is made."""

    POSTER = "poster"
    WATERCOLOUR = "watercolour"
    PAPER = "paper"
    PIXEL = "pixel"
    INK = "ink"


class TimeOfDay(StrEnum):
    """Sets the palette of the whole picture."""

    DAWN = "dawn"
    DAY = "day"
    SUNSET = "sunset"
    NIGHT = "night"


class Season(StrEnum):
    """Colours what grows; only where something does."""

    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class Sky(StrEnum):
    """The one thing the sky holds besides sun or moon, or the weather."""

    CLEAR = "clear"
    CLOUDS = "clouds"
    STARS = "stars"
    AURORA = "aurora"
    RAINBOW = "rainbow"
    RAIN = "rain"
    SNOWFALL = "snowfall"
    FOG = "fog"
    STORM = "storm"


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
    RIVER = "river"
    BEACH = "beach"
    HILLS = "hills"
    MOUNTAINS = "mountains"
    CANYON = "canyon"
    VOLCANO = "volcano"
    DESERT = "desert"
    FOREST = "forest"
    CITY = "city"
    SNOW = "snow"


class Subject(StrEnum):
    """The one kind of thing that the picture is about."""

    NONE = "none"
    SAILBOAT = "sailboat"
    FISHING_BOAT = "fishing_boat"
    HOUSE = "house"
    CABIN = "cabin"
    LIGHTHOUSE = "lighthouse"
    WINDMILL = "windmill"
    CASTLE = "castle"
    BALLOON = "balloon"
    TREE = "tree"
    BRIDGE = "bridge"
    CAMEL = "camel"
    DEER = "deer"
    BIRD = "bird"
    FENCE = "fence"
    ROAD = "road"


class Colour(StrEnum):
    """Main colour of the subject."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    PURPLE = "purple"
    WHITE = "white"


class Place(StrEnum):
    """Horizontal place, as the viewer sees it."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


_ACROSS: dict[Place | None, Place] = {Place.LEFT: Place.RIGHT, Place.CENTRE: Place.CENTRE, Place.RIGHT: Place.LEFT}
WEATHER = (Sky.RAIN, Sky.SNOWFALL, Sky.FOG, Sky.STORM)
"""Skies that hide sun and moon."""
SEASONED = (Terrain.LAKE, Terrain.RIVER, Terrain.HILLS, Terrain.MOUNTAINS, Terrain.FOREST)
"""Lands whose season shows."""
COLOURED = (
    *(Subject.SAILBOAT, Subject.FISHING_BOAT, Subject.HOUSE, Subject.LIGHTHOUSE),
    *(Subject.WINDMILL, Subject.CASTLE, Subject.BALLOON, Subject.TREE),
)
"""Things that can have any colour; the others have their own."""
COUNTED = (
    *(Subject.SAILBOAT, Subject.FISHING_BOAT, Subject.HOUSE, Subject.BALLOON),
    *(Subject.TREE, Subject.CAMEL, Subject.DEER, Subject.BIRD),
)
"""Things that come in ones, twos and threes; the others come alone."""
AIRBORNE = (Subject.BALLOON, Subject.BIRD)
"""Things that must not hide the sun or the moon."""

_EVERYWHERE = tuple(Terrain)
_LAND = tuple(terrain for terrain in Terrain if terrain not in (Terrain.SEA, Terrain.CITY))
TERRAINS_OF: dict[Subject, tuple[Terrain, ...]] = {
    Subject.NONE: _EVERYWHERE,
    Subject.SAILBOAT: (Terrain.SEA, Terrain.LAKE, Terrain.BEACH),
    Subject.FISHING_BOAT: (Terrain.SEA, Terrain.LAKE, Terrain.RIVER, Terrain.BEACH),
    Subject.HOUSE: tuple(terrain for terrain in _LAND if terrain is not Terrain.VOLCANO),
    Subject.CABIN: (Terrain.LAKE, Terrain.RIVER, Terrain.HILLS, Terrain.MOUNTAINS, Terrain.FOREST, Terrain.SNOW),
    Subject.LIGHTHOUSE: (Terrain.SEA, Terrain.LAKE, Terrain.BEACH, Terrain.HILLS, Terrain.SNOW),
    Subject.WINDMILL: (Terrain.HILLS, Terrain.LAKE, Terrain.RIVER, Terrain.BEACH, Terrain.DESERT, Terrain.SNOW),
    Subject.CASTLE: tuple(terrain for terrain in Terrain if terrain is not Terrain.CITY),
    Subject.BALLOON: _EVERYWHERE,
    Subject.TREE: tuple(terrain for terrain in _LAND if terrain is not Terrain.FOREST),
    Subject.BRIDGE: (Terrain.SEA, Terrain.LAKE, Terrain.RIVER, Terrain.CANYON),
    Subject.CAMEL: (Terrain.DESERT, Terrain.CANYON, Terrain.BEACH),
    Subject.DEER: (Terrain.LAKE, Terrain.RIVER, Terrain.HILLS, Terrain.MOUNTAINS, Terrain.FOREST, Terrain.SNOW),
    Subject.BIRD: _EVERYWHERE,
    Subject.FENCE: (Terrain.HILLS, Terrain.FOREST, Terrain.BEACH, Terrain.SNOW, Terrain.MOUNTAINS),
    Subject.ROAD: (Terrain.HILLS, Terrain.MOUNTAINS, Terrain.CANYON, Terrain.DESERT, Terrain.FOREST, Terrain.SNOW),
}
"""Lands that a thing can be in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All attributes of one picture.

    `season` is there exactly where it shows (`SEASONED`), `light_place` exactly when there is a light, `subject_place`
    and `count` exactly when there is a subject, `colour` exactly when that can have any (`COLOURED`).
    """

    style: Style = Style.POSTER
    time: TimeOfDay
    season: Season | None
    sky: Sky
    light: Light
    light_place: Place | None
    terrain: Terrain
    subject: Subject
    subject_place: Place | None
    count: int | None
    colour: Colour | None

    def __post_init__(self) -> None:
        """Refuse scenes that cannot be drawn, with a sentence that says why."""
        for broken, why in self._faults():
            if broken:
                raise ValueError(why)

    def _faults(self) -> list[tuple[bool, str]]:
        absent = self.subject is Subject.NONE
        return [
            ((self.season is None) == (self.terrain in SEASONED), f"a season shows exactly on {SEASONED}"),
            ((self.light is Light.NONE) != (self.light_place is None), "a light has a place, no light has none"),
            (absent != (self.subject_place is None), "a subject has a place, no subject has none"),
            (absent != (self.count is None), "a subject has a count, no subject has none"),
            ((self.colour is None) == (self.subject in COLOURED), f"exactly {COLOURED} have a colour"),
            (
                self.count not in ((None,) if absent else (1, 2, 3) if self.subject in COUNTED else (1,)),
                f"{self.count} is no number of {self.subject}",
            ),
            (self.terrain not in TERRAINS_OF[self.subject], f"no {self.subject} in {self.terrain}"),
            (self.subject is Subject.BRIDGE and self.subject_place is not Place.CENTRE, "a bridge is in the middle"),
            (self.sky not in skies_of(self.time, self.terrain, self.season), f"no {self.sky} at {self.time} there"),
            (self.light not in lights_of(self.time, self.sky), f"no {self.light} at {self.time} with {self.sky}"),
            (
                self.subject in AIRBORNE and self.subject_place == self.light_place,
                "what flies must not hide the sun or the moon",
            ),
        ]


def mirrored(scene: Scene) -> Scene:
    """What its picture shows when left and right are exchanged."""
    return replace(scene, light_place=_ACROSS.get(scene.light_place), subject_place=_ACROSS.get(scene.subject_place))


def skies_of(time: TimeOfDay, terrain: Terrain, season: Season | None) -> tuple[Sky, ...]:
    """Skies that go with a time of day and a land; one named twice is drawn twice as often."""
    skies = [Sky.CLEAR, Sky.CLOUDS, Sky.FOG, Sky.STORM]
    if time is TimeOfDay.NIGHT:
        skies += [Sky.STARS, Sky.STARS, Sky.AURORA]
    if time is TimeOfDay.DAY:
        skies += [Sky.RAINBOW]
    if season is Season.WINTER or terrain in (Terrain.SNOW, Terrain.CITY):
        skies += [Sky.SNOWFALL, Sky.SNOWFALL]
    if season is not Season.WINTER and terrain not in (Terrain.SNOW, Terrain.DESERT):
        skies += [Sky.RAIN]
    return tuple(skies)


def lights_of(time: TimeOfDay, sky: Sky) -> tuple[Light, ...]:
    """Lights that go with a time of day and a sky; one named twice is drawn twice as often."""
    if sky in WEATHER:
        return (Light.NONE,)
    if time is TimeOfDay.NIGHT:
        return (Light.NONE, Light.MOON, Light.CRESCENT)
    return (Light.NONE, Light.SUN, Light.SUN)


def places_of(subject: Subject, light_place: Place | None) -> tuple[Place, ...]:
    """Places that a subject can be at, beside a light at its own."""
    if subject is Subject.BRIDGE:
        return (Place.CENTRE,)
    return tuple(place for place in Place if subject not in AIRBORNE or place != light_place)
