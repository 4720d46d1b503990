"""Scenes from a few attributes: the rest is usual, or taken from another scene where that goes with them."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from bundled_model.scenes import usual
from bundled_model.scenes.sampling import subjects_of
from bundled_model.scenes.scene import (
    COLOURED,
    COUNTED,
    SEASONED,
    TERRAINS_OF,
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
    lights_of,
    places_of,
    skies_of,
)

Value = TypeVar("Value")


def completed(values: Mapping[str, Any], other: Scene | None = None) -> Scene:
    """The scene with these attributes.

    Args:
        values: Some attributes of `Scene` by name.
        other: Lends what `values` does not name, wherever that can be drawn with them.

    Raises:
        ValueError: They cannot be drawn together.
    """
    return _Completion(values, other).scene()


class _Completion:
    def __init__(self, values: Mapping[str, Any], other: Scene | None) -> None:
        self.values = values
        self.other = other

    def scene(self) -> Scene:
        subject = self.pick("subject", Subject.NONE, self.subjects())
        terrain = self.pick("terrain", usual.terrain_of(subject), self.terrains(subject))
        seasoned = terrain in SEASONED
        sky: Sky = self.values.get("sky", Sky.CLEAR)
        usual_season = usual.season_of(terrain, sky)
        seasons = tuple(Season) if usual_season is not Season.WINTER else (Season.WINTER,)
        season = self.pick("season", usual_season, seasons if seasoned else (None,))
        time = self.time(terrain, season)
        sky = self.pick("sky", Sky.CLEAR, self.skies(time, terrain, season))
        light = self.pick("light", Light.NONE, lights_of(time, sky))
        dark = light is Light.NONE
        light_place = self.pick("light_place", None if dark else usual.LIGHT_PLACE, (None,) if dark else tuple(Place))
        absent = subject is Subject.NONE
        places = () if absent else places_of(subject, light_place)
        counts = () if absent else (1, 2, 3) if subject in COUNTED else (1,)
        return Scene(
            style=self.pick("style", usual.STYLE, tuple(Style)),
            time=time,
            season=season,
            sky=sky,
            light=light,
            light_place=light_place,
            terrain=terrain,
            subject=subject,
            subject_place=self.pick("subject_place", None if absent else usual.SUBJECT_PLACE, places),
            count=self.pick("count", None if absent else usual.COUNT, counts),
            colour=self.pick("colour", usual.COLOURS.get(subject), tuple(Colour) if subject in COLOURED else ()),
        )

    def pick(self, name: str, usual_value: Value, allowed: Sequence[Value]) -> Value:
        """The value given, or the other scene's if it is among those allowed, or the usual one."""
        if name in self.values:
            return self.values[name]
        lent = getattr(self.other, name, None)
        return lent if lent is not None and lent in allowed else usual_value

    def subjects(self) -> tuple[Subject, ...]:
        return subjects_of(self.values["terrain"]) if "terrain" in self.values else tuple(Subject)

    def terrains(self, subject: Subject) -> list[Terrain]:
        lands = [land for land in TERRAINS_OF[subject] if "season" not in self.values or land in SEASONED]
        return [land for land in lands if self.times(land)]

    def times(self, terrain: Terrain) -> list[TimeOfDay]:
        """Times at which the sky and the light that are given can be seen over a land, in some season."""
        sky, light = self.values.get("sky"), self.values.get("light")
        seasons = (self.values.get("season"),) if "season" in self.values else (None, *Season)
        found = []
        for time in TimeOfDay:
            skies = {seen for season in seasons for seen in skies_of(time, terrain, season)}
            lit = {light for seen in ([sky] if sky else skies) for light in lights_of(time, seen)}
            if (sky is None or sky in skies) and (light is None or light in lit):
                found.append(time)
        return found

    def time(self, terrain: Terrain, season: Season | None) -> TimeOfDay:
        sky, light = self.values.get("sky", Sky.CLEAR), self.values.get("light", Light.NONE)
        return self.pick("time", usual.time_of(sky, light), self.times(terrain))

    def skies(self, time: TimeOfDay, terrain: Terrain, season: Season | None) -> list[Sky]:
        light = self.values.get("light")
        return [sky for sky in skies_of(time, terrain, season) if light is None or light in lights_of(time, sky)]
