"""Controls as data: an extension says what it can be told, and the page, the API and the command line know it.

A control's value travels in `GenerationRequest.extras`, or in the extension's settings; `checked` is its one judge.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar

from webui.errors import InvalidRequest

Scalar = str | int | float | bool
"""What a control's value may be."""
MAX_TEXT = 2000
"""The most characters of a text control."""
MAX_CHOICES = 500
MAX_LABEL, MAX_INFO = 200, 1000
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""What a control, a tab, a theme may be called: lower case letters, digits and underscores."""


def check_name(name: object, what: str) -> None:
    """Raises ValueError where a name cannot be one; `what` says of which kind of thing."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot be the name of a {what}: it takes lower case letters, digits and _")


def check_label(label: object, name: str, most: int = MAX_LABEL) -> None:
    """Raises ValueError where words for people are no text of at most so many characters."""
    if not isinstance(label, str) or len(label) > most:
        raise ValueError(f"the words for {name} must be texts of at most {most} characters")


def _check_words(control: Any) -> None:
    check_name(control.name, "control")
    check_label(control.label, control.name)
    check_label(control.info, control.name, MAX_INFO)


@dataclass(frozen=True, slots=True)
class _Ranged:
    """What sliders and number fields have in common: a range, and whole numbers where all of its numbers are whole."""

    kind: ClassVar[str]
    name: str
    label: str
    minimum: float
    maximum: float
    step: float
    default: float
    info: str = ""

    def __post_init__(self) -> None:
        _check_words(self)
        numbers = (self.minimum, self.maximum, self.step, self.default)
        if not all(isinstance(each, int | float) and math.isfinite(each) for each in numbers):
            raise ValueError(f"the range of {self.name} is not made of finite numbers")
        if not self.minimum <= self.default <= self.maximum or self.step <= 0:
            raise ValueError(f"the default of {self.name} lies outside its range, or its step is not above 0")

    @property
    def whole(self) -> bool:
        """Whether it takes whole numbers only: where its range, its step and its default were written as such."""
        return all(isinstance(each, int) for each in (self.minimum, self.maximum, self.step, self.default))

    def checked(self, value: Any, field: str) -> Scalar:
        """The value, as a number in the range.

        Raises:
            InvalidRequest: it is none, or lies outside; `field` is the field that it names.
        """
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _refused(field, value, "it must be a number")
        if not self.minimum <= value <= self.maximum:
            raise _refused(field, value, f"it must be from {self.minimum:g} to {self.maximum:g}")
        if self.whole and not float(value).is_integer():
            raise _refused(field, value, "it must be a whole number")
        return int(value) if self.whole else float(value)

    def to_json(self) -> dict[str, Any]:
        """The control as plain JSON, for the page and the API; `control_from_json` reads it."""
        return _as_json(self) | {"whole": self.whole}


@dataclass(frozen=True, slots=True)
class Slider(_Ranged):
    """A number that is dragged, from `minimum` to `maximum` in steps of `step`."""

    kind: ClassVar[str] = "slider"


@dataclass(frozen=True, slots=True)
class Number(_Ranged):
    """A number that is typed, from `minimum` to `maximum`; `step` is what the arrows add."""

    kind: ClassVar[str] = "number"


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off."""

    kind: ClassVar[str] = "switch"
    name: str
    label: str
    default: bool = False
    info: str = ""

    def __post_init__(self) -> None:
        _check_words(self)
        if not isinstance(self.default, bool):
            raise ValueError(f"the default of {self.name} is neither True nor False")

    def checked(self, value: Any, field: str) -> Scalar:
        """The value, true or false.

        Raises:
            InvalidRequest: it is neither.
        """
        if not isinstance(value, bool):
            raise _refused(field, value, "it must be true or false")
        return value

    def to_json(self) -> dict[str, Any]:
        """The control as plain JSON."""
        return _as_json(self)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several texts; the first of `choices` is the default where none is given."""

    kind: ClassVar[str] = "choice"
    name: str
    label: str
    choices: tuple[str, ...]
    default: str = ""
    info: str = ""

    def __post_init__(self) -> None:
        _check_words(self)
        choices = tuple(self.choices)
        if not 1 <= len(choices) <= MAX_CHOICES or not all(
            isinstance(each, str) and len(each) <= MAX_LABEL for each in choices
        ):
            raise ValueError(f"the choices of {self.name} must be 1 to {MAX_CHOICES} texts of {MAX_LABEL} characters")
        object.__setattr__(self, "choices", choices)
        object.__setattr__(self, "default", self.default or choices[0])
        if self.default not in choices:
            raise ValueError(f"the default of {self.name} is none of its choices")

    def checked(self, value: Any, field: str) -> Scalar:
        """The value, one of the choices.

        Raises:
            InvalidRequest: it is none of them.
        """
        if value not in self.choices:
            raise _refused(field, value, f"it must be one of {', '.join(self.choices)}")
        return value

    def to_json(self) -> dict[str, Any]:
        """The control as plain JSON."""
        return _as_json(self) | {"choices": list(self.choices)}


@dataclass(frozen=True, slots=True)
class Text:
    """A text of at most `MAX_TEXT` characters; `lines` above 1 makes the field higher."""

    kind: ClassVar[str] = "text"
    name: str
    label: str
    default: str = ""
    info: str = ""
    lines: int = 1

    def __post_init__(self) -> None:
        _check_words(self)
        if not isinstance(self.default, str) or len(self.default) > MAX_TEXT:
            raise ValueError(f"the default of {self.name} is no text of at most {MAX_TEXT:,} characters")

    def checked(self, value: Any, field: str) -> Scalar:
        """The value, a text.

        Raises:
            InvalidRequest: it is none, or too long.
        """
        if not isinstance(value, str) or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise _refused(field, value, "it must be a text")
        if len(value) > MAX_TEXT:
            raise _refused(field, value, f"it may have at most {MAX_TEXT:,} characters")
        return value

    def to_json(self) -> dict[str, Any]:
        """The control as plain JSON."""
        return _as_json(self)


Control = Slider | Number | Switch | Choice | Text
CONTROLS: tuple[type[Any], ...] = (Slider, Number, Switch, Choice, Text)


def control_from_json(values: Mapping[str, Any]) -> Control:
    """The control that `to_json` wrote.

    Raises:
        ValueError: it is none.
    """
    for kind in CONTROLS:
        if values.get("kind") == kind.kind:
            names = {each.name for each in fields(kind)}
            needed = {each.name for each in fields(kind) if each.default is MISSING}
            if needed <= values.keys():
                return kind(**{name: value for name, value in values.items() if name in names})
    raise ValueError(f"{str(values)[:80]} is no control")


def defaults(controls: Sequence[Control]) -> dict[str, Scalar]:
    """What each control says before anybody touched it, by name."""
    return {control.name: control.default for control in controls}


def filled(controls: Sequence[Control], given: Mapping[str, Any]) -> dict[str, Scalar]:
    """A value for each control: the given one where it is good, else the default. Never raises."""
    values = defaults(controls)
    for control in controls:
        if control.name in given:
            try:
                values[control.name] = control.checked(given[control.name], control.name)
            except InvalidRequest:
                continue
    return values


def _refused(field: str, value: Any, what: str) -> InvalidRequest:
    return InvalidRequest(f"{field}: {repr(value)[:60]} cannot be used: {what}.", field=field)


def _as_json(control: Any) -> dict[str, Any]:
    return {"kind": control.kind} | {each.name: getattr(control, each.name) for each in fields(control)}
