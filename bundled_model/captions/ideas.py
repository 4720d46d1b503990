"""Free sentences that mean what the grammar also says: "a quiet evening by the water" is a sunset at a lake.

They are data, in `ideas/*.txt`, a line each: sentences of one meaning, parted by " / ", then a bar and the attributes
that they name, as in `sahara / gobi | terrain=desert`. What an idea does not name is usual, or named beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bundled_model.scenes.scene import (
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

FOLDER = Path(__file__).parent / "ideas"
SYNONYMS = "synonyms.txt"
"""Ideas of one attribute each, that can stand where the grammar has its own word: a noun in the singular, say."""
KINDS: dict[str, type] = {
    "style": Style,
    "time": TimeOfDay,
    "season": Season,
    "sky": Sky,
    "light": Light,
    "light_place": Place,
    "terrain": Terrain,
    "subject": Subject,
    "subject_place": Place,
    "count": int,
    "colour": Colour,
}


@dataclass(frozen=True, slots=True)
class Idea:
    """Words, and the attributes of a scene that they name."""

    text: str
    values: tuple[tuple[str, Any], ...]

    def named(self) -> Mapping[str, Any]:
        """The attributes by name."""
        return dict(self.values)


def read_ideas(lines: Iterable[str]) -> list[Idea]:
    """The ideas on these lines; empty ones and comments (#) hold none.

    Raises:
        ValueError: A line has another form, or names what no scene has; the message holds the line.
    """
    ideas = []
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        try:
            texts, meaning = line.split("|")
            pairs = [pair.split("=") for pair in meaning.split()]
            values = tuple((name, KINDS[name](value)) for name, value in pairs)
        except (ValueError, KeyError) as error:
            raise ValueError(f"not an idea: {line!r} ({error})") from error
        ideas += [Idea(" ".join(text.lower().split()), values) for text in texts.split(" / ")]
    return ideas


def ideas_in(file: Path) -> list[Idea]:
    """The ideas of one file."""
    return read_ideas(file.read_text(encoding="utf-8").splitlines())


@cache
def all_ideas() -> tuple[Idea, ...]:
    """Every idea but the synonyms, file by file."""
    files = sorted(file for file in FOLDER.glob("*.txt") if file.name != SYNONYMS)
    return tuple(idea for file in files for idea in ideas_in(file))


@cache
def synonyms() -> Mapping[Any, tuple[str, ...]]:
    """The rarer words by the one value that they name, such as `Terrain.DESERT`."""
    found: dict[Any, list[str]] = {}
    for idea in ideas_in(FOLDER / SYNONYMS):
        ((_, value),) = idea.values
        found.setdefault((type(value), value), []).append(idea.text)
    return {key: tuple(words) for key, words in found.items()}


def synonyms_of(value: Any) -> tuple[str, ...]:
    """The rarer words for a value."""
    return synonyms().get((type(value), value), ())


@cache
def _by_meaning() -> Mapping[tuple[tuple[str, Any], ...], tuple[Idea, ...]]:
    found: dict[tuple[tuple[str, Any], ...], list[Idea]] = {}
    for idea in all_ideas():
        found.setdefault(idea.values, []).append(idea)
    return {values: tuple(ideas) for values, ideas in found.items()}


def meanings_of(scene: Scene) -> list[tuple[Idea, ...]]:
    """The ideas that are true of the scene, those of one meaning together."""
    return [
        ideas for values, ideas in _by_meaning().items() if all(getattr(scene, name) == value for name, value in values)
    ]
