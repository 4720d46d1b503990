"""What is said of a route, beside what FastAPI reads from its function."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """Base of all that travels as JSON. Only described with: nothing is read or written by these."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Strict(Shape):
    """A body, of which no other field is taken."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Problem(Shape):
    """What went wrong, as every error is told."""

    error: str
    """What happened, in a sentence."""
    hint: str
    """What to do next; may be empty."""
    field: str | None
    """The field of the request that was wrong, if one was."""


@dataclass(frozen=True, slots=True)
class File:
    """A body or an answer that is a file; of bodies, `most` is its size in bytes."""

    media_types: tuple[str, ...]
    about: str = ""
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A body of several parts, files among them."""

    shape: type[Shape]


PNG, JPEG = File(("image/png",)), File(("image/jpeg",))
PNG_OR_JPEG = File(("image/png", "image/jpeg"))
EVENTS = File(
    ("text/event-stream",), 'Lines `id: NUMBER` and `data: {"seq", "type", ...}`, events parted by empty ones.'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One route.

    Args:
        answer: the type of what it answers, a file, or None for no content.
        status: of that answer.
        body: the type of the JSON object that it takes, or a file, or several of these.
        example: a body.
        answered: an answer, as an example.
        problems: which errors there may be beside those that follow from the path, the body and who asks.
        headers: of the request, with what each is for.
    """

    answer: Any
    status: int = 200
    body: Any = None
    example: Mapping[str, Any] | None = None
    answered: Any = None
    problems: tuple[int, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Routes that belong together, by method and path as in "GET /api/v1/jobs"."""

    name: str
    about: str
    routes: Mapping[str, Described]
    problem: type[Shape] = Problem
    """How its errors are told."""


Id = Field(pattern="^[0-9a-f]{32}$")
"""Of a picture or a recording."""
