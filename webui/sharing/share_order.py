"""What somebody asks for who opens the link."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webui.errors import InvalidRequest
from webui.sharing.public_link import Level

DURATIONS = (15, 60, 480)
"""What the page offers, in minutes, beside "until closed"."""
DEFAULT_MINUTES, MOST_MINUTES = 60, 7 * 24 * 60
DEFAULT_JOBS, MOST_JOBS = 20, 10_000


@dataclass(frozen=True, slots=True)
class ShareOrder:
    """Checked where it is made.

    `provider` is the name of a kind of tunnel, `options` what that one is told. `minutes` and `jobs_per_guest` are None
    where there is no end.
    """

    provider: str
    minutes: float | None = DEFAULT_MINUTES
    level: Level = Level.GENERATE
    jobs_per_guest: int | None = DEFAULT_JOBS
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.minutes is not None and not 0 < self.minutes <= MOST_MINUTES:
            raise _cannot("minutes", f"a number up to {MOST_MINUTES}, or null for until it is closed")
        if self.jobs_per_guest is not None and not 1 <= self.jobs_per_guest <= MOST_JOBS:
            raise _cannot("jobs_per_guest", f"a whole number from 1 to {MOST_JOBS}, or null for any number")

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "ShareOrder":
        """An order as the API takes it. What a provider is told stands under its name.

        Raises:
            InvalidRequest: a value cannot be used, or there is a field that means nothing; `field` names it.
        """
        provider = values.get("provider", "gradio")
        if not isinstance(provider, str) or provider in _OWN:
            raise _cannot("provider", "the name of a tunnel")
        for name, value in values.items():
            if name not in _OWN and name != provider and value is not None:
                raise InvalidRequest(f"{name[:60]}: there is no such field.", field=name[:60])
        options = values.get(provider)
        options = {} if options is None else options
        if not isinstance(options, Mapping):
            raise _cannot(provider, "an object with named fields")
        return cls(
            provider=provider,
            minutes=_number(values, "minutes", DEFAULT_MINUTES),
            level=_level(values.get("level", Level.GENERATE)),
            jobs_per_guest=_whole(values, "jobs_per_guest", DEFAULT_JOBS),
            options=options,
        )


_OWN = ("provider", "minutes", "level", "jobs_per_guest")


def _number(values: Mapping[str, Any], name: str, default: float) -> float | None:
    value = values.get(name, default)
    if value is not None and (
        isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value)
    ):
        raise _cannot(name, "a number, or null")
    return value


def _whole(values: Mapping[str, Any], name: str, default: int) -> int | None:
    value = _number(values, name, default)
    if value is not None and not isinstance(value, int):
        raise _cannot(name, "a whole number, or null")
    return value


def _level(value: Any) -> Level:
    try:
        return Level(value)
    except ValueError as error:
        raise _cannot("level", "look, generate or all") from error


def _cannot(name: str, wanted: str) -> InvalidRequest:
    return InvalidRequest(f"{name}: it must be {wanted}.", field=name)
