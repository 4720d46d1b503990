"""`InfotextFields`: what was read of a picture's parameters, each value checked by the request's own rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest

_ANY_PICTURE = "0" * 32
_MAX_NOTES = 20
_MAX_SHOWN = 60


@dataclass(frozen=True, slots=True)
class InfotextFields:
    """What a text says of a picture.

    Args:
        values: request fields as JSON values; `start`, `mask` and `hires` are objects with what is known of them, which
            may leave out the picture, as pictures do not travel by text.
        left_over: what is no field of a request, by the names that the text has for it.
        notes: sentences for the user: what was left out or replaced, and why.
    """

    values: dict[str, Any]
    left_over: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def request_values(self) -> dict[str, Any]:
        """The values that `GenerationRequest.parse` takes: no start and no mask whose picture is not known."""
        values = dict(self.values)
        start: Mapping[str, Any] = values.get("start", {})
        if start.get("kind") == "picture" and "picture" not in start:
            del values["start"]
        mask = values.get("mask")
        if mask is not None and ("picture" not in mask or "start" not in values):
            del values["mask"]
        return values

    def to_json(self) -> dict[str, Any]:
        """The form that the API gives."""
        return {"fields": self.values, "notes": list(self.notes), "left_over": self.left_over}


class FieldCollector:
    """Takes values one by one and keeps those that a request can have; of the others it keeps a sentence.

    Args:
        begun: what was read already.
    """

    def __init__(self, begun: InfotextFields | None = None) -> None:
        self._values: dict[str, Any] = dict(begun.values) if begun else {}
        self._left_over: dict[str, str] = dict(begun.left_over) if begun else {}
        self._notes: list[str] = list(begun.notes) if begun else []

    def put(self, place: str, value: Any, *, named: str) -> bool:
        """Keep a value if it can be used; `place` is a field, or one of a group: `hires.steps`."""
        return self.put_all({place: value}, named=named)

    def put_all(self, values: Mapping[str, Any], *, named: str) -> bool:
        """Keep all of these values or, if they cannot be used together, none; and say which."""
        trial = dict(self._values)
        for place, value in values.items():
            group, _, member = place.rpartition(".")
            trial[group or place] = self._member(trial, group, member, value) if group else value
        try:
            request = GenerationRequest.parse(_completed(trial)).model_dump(mode="json")
        except InvalidRequest as error:
            self.note(f"{named} was left out: {error.message.partition(': ')[2] or error.message}")
            return False
        for place in values:
            group, _, member = place.rpartition(".")
            read = self._member(self._values, group, member, request[group][member]) if group else request[place]
            self._values[group or place] = read
        return True

    def put_if(self, place: str, value: Any, *, named: str) -> bool:
        """Keep a value if there is one."""
        return value is not None and self.put(place, value, named=named)

    def put_pair(self, places: tuple[str, str], values: tuple[Any, Any] | None, *, named: str) -> None:
        """Keep both of two values or none: a width without its height would be a picture of another shape."""
        if values is not None:
            self.put_all(dict(zip(places, values, strict=True)), named=named)

    def has(self, place: str) -> bool:
        """Whether a field, or a member of a group, has been kept."""
        group, _, member = place.rpartition(".")
        return member in self._values.get(group, {}) if group else place in self._values

    def leave(self, name: str, value: str) -> None:
        """Keep what is no field."""
        self._left_over[_whole(name)] = _whole(value)

    def note(self, sentence: str) -> None:
        """Tell the user something; one sentence is told once, and not more than a screenful of them."""
        if sentence not in self._notes and len(self._notes) < _MAX_NOTES:
            self._notes.append(_whole(sentence))

    def done(self) -> InfotextFields:
        """Everything that was kept."""
        return InfotextFields(self._values, self._left_over, tuple(self._notes))

    def _member(self, values: Mapping[str, Any], group: str, member: str, value: Any) -> dict[str, Any]:
        kind = {"kind": "picture"} if group == "start" else {}
        return kind | (values.get(group) or {}) | {member: value}


def shown(value: str) -> str:
    """A text of the user's in a sentence, shortened."""
    return value if len(value) <= _MAX_SHOWN else f"{value[: _MAX_SHOWN - 3]}..."


def _whole(text: str) -> str:
    """The text with halves of characters replaced, which JSON may hold and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()


def listed(names: Sequence[str]) -> str:
    """Names of the user's in a sentence, the first dozen."""
    return ", ".join(shown(name) for name in names[:12]) + (" and more" if len(names) > 12 else "")


def _completed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with stand-ins for pictures that are not known (yet), so that the rest can be checked."""
    completed = dict(values)
    start, mask = completed.get("start"), completed.get("mask")
    if isinstance(mask, dict):
        completed["mask"] = {"picture": _ANY_PICTURE} | mask
        start = start or {"kind": "picture"}
    if isinstance(start, dict):
        completed["start"] = {"picture": _ANY_PICTURE} | start if start.get("kind") == "picture" else start
    return completed
