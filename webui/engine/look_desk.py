"""The web process's side of questions: asked in a thread that waits, answered when the worker speaks, or dies."""

import secrets
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Protocol

import webui.errors
from webui.engine.looks import Answered, Question, Wanted, always
from webui.engine.messages import Answer, Command, Look, LookAway
from webui.errors import LookFailed, LookGivenUp, WebUIError

_WANTED_SECONDS = 0.1
"""How often is asked whether the answer is wanted."""


class Takes(Protocol):
    """A worker, as far as questions go."""

    def send(self, command: Command) -> None:
        """Send a command; nothing happens when the process has just died."""
        ...


class LookDesk:
    """Knows which questions are open, and at which worker."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, tuple[Takes, Future[Answered]]] = {}
        self._dead: tuple[Takes, str] | None = None
        """The worker that died last, and of what."""

    def ask(self, worker: Takes | None, question: Question, timeout_s: float, wanted: Wanted = always) -> Answered:
        """The answer of a worker; waits for it as long as it is wanted, and tells the worker when it no longer is.

        Raises:
            LookFailed: there is no worker, it died over it, or it did not come to it in time.
            LookGivenUp: it is not wanted any more.
            WebUIError: as the worker said.
        """
        if worker is None:
            raise LookFailed("The worker process is not running.", hint="It is being started again: try in a moment.")
        look = secrets.token_hex(8)
        future: Future[Answered] = Future()
        with self._lock:
            if self._dead is not None and self._dead[0] is worker:  # it died since the caller found it
                raise _lost(self._dead[1])
            self._open[look] = worker, future
        try:
            worker.send(Look(id=look, question=question.model_dump(mode="json")))
            return _waited(future, timeout_s, wanted)
        except LookGivenUp:
            worker.send(LookAway(id=look))
            raise
        except FutureTimeoutError:
            worker.send(LookAway(id=look))
            raise LookFailed(
                "The worker did not come to this view, as it is busy with a picture.",
                hint="Try again when the job is done.",
            ) from None
        finally:
            with self._lock:
                self._open.pop(look, None)

    def take(self, answer: Answer) -> None:
        """Hand an answer to whoever waits for it."""
        with self._lock:
            _, future = self._open.pop(answer.id, (None, None))
        if future is None:
            return
        if answer.error:
            future.set_exception(_error_of(answer))
        else:
            future.set_result(Answered(values=answer.values, parts=answer.parts))

    def lose(self, worker: Takes, cause: str) -> None:
        """Tell everyone who waits for a worker that it is dead."""
        with self._lock:
            self._dead = worker, cause
            lost = [future for asked, future in self._open.values() if asked is worker]
            self._open = {look: each for look, each in self._open.items() if each[0] is not worker}
        for future in lost:
            future.set_exception(_lost(cause))


def _waited(future: Future[Answered], timeout_s: float, wanted: Wanted) -> Answered:
    end = time.monotonic() + timeout_s
    while wanted():
        left = end - time.monotonic()
        try:
            return future.result(max(0.0, min(left, _WANTED_SECONDS)))
        except FutureTimeoutError:
            if left <= _WANTED_SECONDS:
                raise
    raise LookGivenUp("Nobody waits for this view any more.")


def _lost(cause: str) -> LookFailed:
    return LookFailed(
        f"The worker process stopped while it looked: {cause}.", hint="It is being started again: try in a moment."
    )


def _error_of(answer: Answer) -> WebUIError:
    kind = getattr(webui.errors, answer.problem, WebUIError)
    known = isinstance(kind, type) and issubclass(kind, WebUIError)
    return (kind if known else WebUIError)(answer.error, hint=answer.hint, field=answer.field)
