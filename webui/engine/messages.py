"""What travels over the pipe between the web process and a worker: typed messages as msgpack, never pickles.

Both sides check every field, so that a worker cannot make the web process believe, or run, anything else.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from types import UnionType
from typing import Any, ClassVar, get_args, get_origin, get_type_hints

import msgpack

from webui.engine.events import Decoding, Event, Failed, Finished, ImageDone, ModelLoading, Noted, Recorded, StepDone

MAX_FRAME_BYTES = 256 * 2**20


class MalformedMessage(ValueError):
    """A frame is not one of the messages that this side takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """To the worker: do this job next. `record` is "off", "steps" or "guidance" (see `webui.settings.Record`)."""

    type: ClassVar[str] = "run"
    job: str
    request: dict[str, Any]
    record: str = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupt:
    """To the worker: end the job after the step it is in."""

    type: ClassVar[str] = "interrupt"
    job: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """To the worker: end the job's current batch after the step it is in and go on with the next."""

    type: ClassVar[str] = "skip"
    job: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """To the worker: load a model ahead of the first job; None is the default one."""

    type: ClassVar[str] = "warm_up"
    model: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """To the worker: exit now."""

    type: ClassVar[str] = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReport:
    """From the worker: it takes jobs; where it computes, what it has loaded, and what is wrong if something is."""

    type: ClassVar[str] = "worker_report"
    device: str
    dtype: str
    model: str | None
    warming: bool
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """To the worker: answer a question (see `webui.engine.looks`), beside the jobs."""

    type: ClassVar[str] = "look"
    id: str
    question: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAway:
    """To the worker: nobody waits for the answer of that id any more."""

    type: ClassVar[str] = "look_away"
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """From the worker: the answer to a question, values and files; or what is wrong, where `error` is not empty.

    `problem` is then the name of the kind of error in `webui.errors`.
    """

    type: ClassVar[str] = "answer"
    id: str
    values: dict[str, Any]
    parts: tuple[bytes, ...] = field(default=(), repr=False)
    problem: str = ""
    error: str = ""
    hint: str = ""
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionFault:
    """From the worker: what an extension did wrong, as `webui.extensions.faults.Fault` has it."""

    type: ClassVar[str] = "extension_fault"
    extension: str
    hook: str
    sentence: str
    traceback: str
    hung: bool
    at: str


Command = Run | Interrupt | Skip | WarmUp | Look | LookAway | Stop
Report = WorkerReport | Answer | ExtensionFault | Event

COMMANDS: tuple[type, ...] = (Run, Interrupt, Skip, WarmUp, Look, LookAway, Stop)
REPORTS: tuple[type, ...] = (
    *(WorkerReport, Answer, ExtensionFault),
    *(ModelLoading, Noted, StepDone, Decoding, ImageDone, Recorded, Finished, Failed),
)


def encode(message: Command | Report) -> bytes:
    """One frame.

    Raises:
        MalformedMessage: a field holds something that its type does not allow.
    """
    values = {field.name: getattr(message, field.name) for field in fields(message)}
    _check(type(message), values)
    frame = msgpack.packb({"type": message.type, **values})
    assert frame is not None
    return frame


def decode(frame: bytes, allowed: tuple[type, ...]) -> Any:
    """The message in a frame: an instance of one of the allowed classes.

    Raises:
        MalformedMessage: the frame is anything else.
    """
    try:
        values = msgpack.unpackb(frame, strict_map_key=True)
    except Exception as error:  # msgpack raises many kinds for broken input; all mean the same here
        raise MalformedMessage(f"not msgpack: {error}") from error
    if not isinstance(values, dict):
        raise MalformedMessage(f"not a map but {type(values).__name__}")
    name = values.pop("type", None)
    kind = next((kind for kind in allowed if kind.type == name), None)
    if kind is None:
        raise MalformedMessage(f"no message of type {str(name)[:40]!r} is taken here")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    _check(kind, values)
    return kind(**values)


def _check(kind: type, values: Mapping[str, Any]) -> None:
    annotations = _annotations(kind)
    if values.keys() != annotations.keys():
        raise MalformedMessage(f"{kind.__name__} has the fields {sorted(annotations)}, not {sorted(values)[:20]}")
    for name, value in values.items():
        if not _fits(value, annotations[name]):
            raise MalformedMessage(f"{kind.__name__}.{name} cannot be {type(value).__name__} {repr(value)[:40]}")


@cache
def _annotations(kind: type) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: hint for name, hint in get_type_hints(kind).items() if name in names}


def _fits(value: Any, annotation: Any) -> bool:
    if isinstance(annotation, UnionType):
        return any(_fits(value, choice) for choice in get_args(annotation))
    origin = get_origin(annotation)
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(entry, get_args(annotation)[0]) for entry in value)
    if origin is dict:
        return isinstance(value, dict) and all(isinstance(key, str) for key in value)
    if annotation is float:
        return type(value) in (int, float) and math.isfinite(value)
    return type(value) is annotation or (annotation is type(None) and value is None)
