"""A worker's side of questions: taken from the pipe, answered beside the jobs, each with an answer whatever happens."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from webui.engine.failures import failure_of
from webui.engine.look_queue import LookQueue, Waiting, takes_long
from webui.engine.looks import Answered, Looking, question_of
from webui.engine.messages import Answer, Look, MalformedMessage
from webui.errors import LookFailed, WebUIError
from webui.generation.request import GenerationRequest

_log = logging.getLogger(__name__)


class WorkerLooks:
    """The questions that came to a worker.

    Args:
        report: sends an answer.
    """

    def __init__(self, report: Callable[[Answer], None]) -> None:
        self._report = report
        self._queue = LookQueue()

    def take(self, command: Look) -> None:
        """Keep a question until it can be answered. Called by the thread that reads commands."""
        try:
            given_up = self._queue.put(Waiting(command.id, question_of(command.question)))
        except MalformedMessage as error:
            _log.exception("a question was not understood")
            self._refuse(command.id, LookFailed(f"The worker does not know this view: {error}."))
            return
        if given_up is not None:
            self._refuse(
                given_up.id, LookFailed("Too many views were asked for at once.", hint="Try again in a moment.")
            )

    def forget(self, look: str) -> None:
        """Nobody waits for it any more."""
        self._queue.remove(look)

    def answer_when_idle(self, generator: Any) -> bool:
        """Answer the next question, or make one call of the model for it.

        Returns:
            Whether there is more to be done for it.
        """
        waiting = self._queue.take()
        return waiting is not None and self._work(generator, waiting)

    def answer_without_model(self, generator: Any) -> None:
        """Answer what takes no network, as something else waits for it."""
        while (waiting := self._queue.take_quick()) is not None:
            self._work(generator, waiting)

    def answer_between_steps(self, generator: Any, request: GenerationRequest) -> None:
        """Answer what can be answered now: all that needs no model, and one call of the model in memory for the others.

        A job with seamless edges keeps its model to itself: it walks with other convolutions. So does one with a Fast
        preset, which would take what is asked meanwhile for a step of its own.
        """
        alone = request.tiling or request.fast
        model = None if alone else described(generator).get("model")
        while (waiting := self._queue.take_between_steps(model)) is not None:
            began = time.perf_counter()
            self._work(generator, waiting)
            if takes_long(waiting.question):
                self._queue.rest(time.perf_counter() - began)

    def _work(self, generator: Any, waiting: Waiting) -> bool:
        """Work on a question until it is answered, or the model was called once for it and it waits for its next turn.

        Returns:
            Whether it waits again.
        """
        try:
            begun = waiting.begun or _begun(generator, waiting)
            next(begun)
            return self._queue.put_back(replace(waiting, begun=begun))
        except StopIteration as end:
            answered: Answered = end.value
            self._report(Answer(id=waiting.id, values=dict(answered.values), parts=answered.parts))
        except WebUIError as error:
            _log.warning("a view was refused: %s", error)
            self._refuse(waiting.id, error)
        except Exception as error:
            failure = failure_of(error, log=_log, what=f"the view {waiting.question.kind}")
            self._refuse(waiting.id, LookFailed(failure.error, hint=failure.hint))
        return False

    def _refuse(self, look: str, error: WebUIError) -> None:
        self._report(
            Answer(
                id=look, values={}, problem=type(error).__name__, error=error.message, hint=error.hint,
                field=error.field,
            )
        )  # fmt: skip


def _begun(generator: Any, waiting: Waiting) -> Looking:
    looking = getattr(generator, "looking", None)
    if looking is None:
        raise LookFailed("This worker has nothing to look at.")
    return looking(waiting.question)


def described(generator: Any) -> dict[str, str | None]:
    """Where a generator computes, and with what: device, dtype and model, of one that can tell."""
    return getattr(generator, "describe", dict)()
