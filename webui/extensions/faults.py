"""What went wrong in an extension, in a sentence; made so that nothing an extension raises can break the telling."""

import traceback
from dataclasses import dataclass, field
from datetime import UTC, datetime

from webui.errors import WebUIError

MAX_SENTENCE = 300
MAX_TRACEBACK = 20_000


class ExtensionFailed(WebUIError):
    """A call of an extension's function did not give what it should; it has been told as a fault already."""


class OverTime(Exception):
    """A call did not come back in its time. It may still be running."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"it did not answer within {seconds:g} seconds and was left alone.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What an extension did wrong.

    In which `hook` ("import" is loading its file), in a sentence, with the traceback, when, and whether it was that it
    `hung`: it did not come back in its time.
    """

    extension: str
    hook: str
    sentence: str
    traceback: str = ""
    hung: bool = False
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))


def fault_of(extension: str, hook: str, error: BaseException) -> Fault:
    """The fault that an exception is. Never raises, whatever the exception does when it is asked for its text."""
    return Fault(
        extension=extension,
        hook=hook,
        sentence=f"{extension} failed in {hook}: {error_sentence(error)}",
        traceback=error_traceback(error),
        hung=isinstance(error, OverTime),
    )


def error_sentence(error: BaseException) -> str:
    """An exception's name and text, on one line, in plain Unicode and of a bounded length."""
    try:
        text = str(error)
    except BaseException:
        text = "its text cannot be read"
    if isinstance(error, WebUIError | OverTime):
        return plain(text, MAX_SENTENCE)
    name = type(error).__name__
    return plain(f"{name}: {text}" if text else name, MAX_SENTENCE)


def plain(text: str, length: int) -> str:
    """A text on one line that every encoder takes, with an ellipsis where it was cut."""
    clipped = text[: 4 * length].encode("utf-8", errors="replace").decode("utf-8")
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in clipped).split())
    return line if len(line) <= length else line[: length - 1] + "…"


def error_traceback(error: BaseException) -> str:
    """The end of an exception's traceback, in plain Unicode. Never raises, as `fault_of`."""
    try:
        text = "".join(traceback.format_exception(error))
    except BaseException:
        text = "".join(traceback.format_tb(error.__traceback__))
    return text[-MAX_TRACEBACK:].encode("utf-8", errors="replace").decode("utf-8")
