"""What `<travel: 0: a hill at dawn | 6: a hill at night>` means for one picture of a batch. Pure text."""

import re
from dataclasses import dataclass
from itertools import pairwise, product

from webui.extensions.api import InvalidRequest

TRAVEL = re.compile(r"<travel:([^<>]*)>")
_PLACE = re.compile(r"\s*(\d+)\s*:(.*)", re.DOTALL)
_AND = re.compile(r"\bAND\b")
_WEIGHT = re.compile(r":\s*(-?\d+(?:\.\d+)?)\s*$")
_LEAST = 0.005
"""A share that nobody would see, but that costs a call of the model at each step."""
_MOST = 3
"""Each travel of a prompt doubles what the model has to do."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A text, and the picture of the batch that has it whole, counted from 0."""

    place: float
    text: str


def read_stops(written: str, count: int) -> list[Stop]:
    """The stops between the angle brackets, of a batch of `count` pictures.

    Without places they are spread evenly, from the first picture to the last.

    Raises:
        InvalidRequest: only some have a place, or the places do not rise.
    """
    parts = written.split("|")
    placed = [_PLACE.fullmatch(part) for part in parts]
    if not any(placed):
        step = (count - 1) / max(len(parts) - 1, 1)
        return [Stop(index * step, part.strip()) for index, part in enumerate(parts)]
    stops = [Stop(float(match[1]), match[2].strip()) for match in placed if match]
    if len(stops) < len(parts) or any(a.place >= b.place for a, b in pairwise(stops)):
        raise InvalidRequest(
            "The stops of a travel need rising places, or none at all.",
            hint="Write them as <travel: 0: a hill at dawn | 6: a hill at night>.",
            field="prompt",
        )
    return stops


def shares(stops: list[Stop], index: int) -> list[tuple[str, float]]:
    """The texts that a picture lies between, and how much each counts; the shares add up to 1."""
    behind = next((number for number, stop in enumerate(stops) if stop.place >= index), len(stops) - 1)
    there, last = stops[behind], stops[max(behind - 1, 0)]
    gone = (index - last.place) / (there.place - last.place) if last.place < index < there.place else 1.0
    both = [(last.text, round(1 - gone, 3)), (there.text, round(gone, 3))]
    return [(text, share) for text, share in both if share >= _LEAST]


def travelled(prompt: str, index: int, count: int) -> str:
    """The prompt that one picture of a batch has: parts joined by AND, each with its share.

    The model is guided by each part for itself, so that what lies between two stops is neither of them and changes
    little from picture to picture. Words that stand around a travel belong to each of its parts.

    Raises:
        InvalidRequest: the stops cannot be read, or there are too many travels.
    """
    return " AND ".join(_part(part.strip(), index, count) for part in _AND.split(prompt))


def _part(part: str, index: int, count: int) -> str:
    found = [shares(read_stops(match[1], count), index) for match in TRAVEL.finditer(part)]
    if len(found) > _MOST:
        raise InvalidRequest(f"A prompt has at most {_MOST} travels.", field="prompt")
    weighed = _WEIGHT.search(part)
    own = float(weighed[1]) if weighed else 1.0
    words = part[: weighed.start()] if weighed and found else part
    return " AND ".join(_blend(words, texts, own) for texts in product(*found))


def _blend(words: str, texts: tuple[tuple[str, float], ...], weight: float) -> str:
    for text, share in texts:
        words, weight = TRAVEL.sub(lambda _, text=text: text, words, count=1), weight * share
    return words if not texts or weight == 1.0 else f"{words}:{weight:.3g}"
