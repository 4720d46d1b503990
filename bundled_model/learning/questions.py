"""The sentences that the picture reader compares a picture with: some for every label of every attribute.

Several sentences speak for a label, each of another picture, so that their mean says the label and nothing else. What a
sentence does not name is usual (`scenes.usual`), in all labels of an attribute alike. "None" has the sentences that
leave no room for the attribute: no thing has no place.
"""

from typing import Any

from bundled_model.captions.phrases import counted
from bundled_model.captions.vocabulary import (
    COLOURS,
    COUNTS,
    LIGHTS,
    NO_LIGHT,
    PLACES,
    SEASONS,
    SKIES,
    STYLE_OPENINGS,
    STYLES,
    SUBJECTS,
    TERRAINS,
    TIMES,
    Words,
)
from bundled_model.scenes.attributes import ATTRIBUTES
from bundled_model.scenes.scene import (
    COLOURED,
    COUNTED,
    SEASONED,
    Colour,
    Light,
    Place,
    Season,
    Sky,
    Style,
    Subject,
    Terrain,
    TimeOfDay,
)

NONE = "none"
MOST_WORDS = 4
"""Of the words for a thing, the plainest, so many."""
_PLACED = (Subject.HOUSE, Subject.TREE, Subject.SAILBOAT, Subject.BALLOON, Subject.DEER, Subject.CASTLE)
_UNCOLOURED = tuple(thing for thing in Subject if thing not in (*COLOURED, Subject.NONE))

Sentences = tuple[str, ...]


def questions() -> dict[str, dict[str, Sentences]]:
    """By attribute and label, in the order of `ATTRIBUTES`, the sentences that are true of it."""
    asked = {
        "style": {style: _of_style(style) for style in Style},
        "time": {time: (*_some(TIMES[time]), *(f"{land} {TIMES[time][0]}" for land in _lands())) for time in TimeOfDay},
        "season": {NONE: _unseasoned(), **{season: _of_season(season) for season in Season}},
        "sky": {sky: _some(SKIES[sky]) for sky in Sky},
        "light": {light: _some(LIGHTS[light]) if light in LIGHTS else _unlit() for light in Light},
        "light_place": {NONE: _unlit(), **{place: _lit_at(place) for place in Place}},
        "terrain": {land: _some(TERRAINS[land]) for land in Terrain},
        "subject": {thing: _of_thing(thing) for thing in Subject},
        "subject_place": {NONE: _lands(), **{place: _at(place) for place in Place}},
        "count": {NONE: _lands(), **{str(count): _so_many(count) for count in (1, 2, 3)}},
        "colour": {NONE: (*_lands(), *map(_a, _UNCOLOURED)), **{colour: _in(colour) for colour in Colour}},
    }
    return {name: {label: asked[name][label] for label in labels} for name, labels in ATTRIBUTES.items()}


def words_of(attribute: str, label: str) -> tuple[str, ...]:
    """How a sentence about a picture names a label: not at all for what is none; a thing alone, and several of it."""
    if label == NONE:
        return ()
    tables: dict[str, Any] = {
        "style": {style: (STYLES[style][0],) for style in Style},
        "time": {time: (TIMES[time][0],) for time in TimeOfDay},
        "season": {season: (SEASONS[season][0],) for season in Season},
        "sky": {sky: (SKIES[sky][0],) for sky in Sky},
        "light": {light: (words[0],) for light, words in LIGHTS.items()},
        "light_place": {place: (PLACES[place][0],) for place in Place},
        "terrain": {land: (TERRAINS[land][0],) for land in Terrain},
        "subject": {thing: (words[0], counted(words[0], 2)) for thing, words in SUBJECTS.items()},
        "subject_place": {place: (PLACES[place][0],) for place in Place},
        "count": {"1": ("one",), "2": ("two",), "3": ("three",)},
        "colour": {colour: (COLOURS[colour][0],) for colour in Colour},
    }
    return tables[attribute][label]


SENTENCE: tuple[tuple[str, str], ...] = (
    ("subject", "{count} {colour} {subject} {subject_place}"),
    ("terrain", "{terrain}"),
    ("time", "{time}"),
    ("season", "{season}"),
    ("sky", "{sky}"),
    ("light", "{light} {light_place}"),
    ("style", "{style}"),
)
"""The parts of a sentence about a picture, each with the attribute without which there is nothing to say."""


def _some(words: Words) -> Sentences:
    return tuple(dict.fromkeys(words))[:MOST_WORDS]


def _a(thing: Subject) -> str:
    words = SUBJECTS[thing][0]
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _lands() -> Sentences:
    """Lands with nothing in them."""
    return tuple(words[0] for words in TERRAINS.values())


def _of_style(style: Style) -> Sentences:
    openings = _some(STYLE_OPENINGS[style])[:2]
    return (*_some(STYLES[style]), *(opening + land for opening in openings for land in _lands()[::3]))


def _of_season(season: Season) -> Sentences:
    return tuple(f"{TERRAINS[land][0]} {SEASONS[season][0]}" for land in SEASONED)


def _unseasoned() -> Sentences:
    return tuple(words[0] for land, words in TERRAINS.items() if land not in SEASONED)


def _unlit() -> Sentences:
    return (*NO_LIGHT[False], *NO_LIGHT[True])


def _lit_at(place: Place) -> Sentences:
    return tuple(f"{words[0]} {PLACES[place][0]}" for words in LIGHTS.values())


def _of_thing(thing: Subject) -> Sentences:
    if thing is Subject.NONE:
        return _lands()
    return (_a(thing), *_some(SUBJECTS[thing]))


def _at(place: Place) -> Sentences:
    return tuple(f"{_a(thing)} {PLACES[place][0]}" for thing in _PLACED)


def _so_many(count: int) -> Sentences:
    return tuple(f"{COUNTS[count][0]} {counted(SUBJECTS[thing][0], count)}" for thing in COUNTED)


def _in(colour: Colour) -> Sentences:
    return tuple(f"a {COLOURS[colour][0]} {SUBJECTS[thing][0]}" for thing in COLOURED)
