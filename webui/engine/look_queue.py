"""The questions that wait in a worker, and when each may be answered: between two steps of a job, or when it is idle.

What asks no network is answered first, then what somebody clicked on, then the many steps that a page or an export
wants sharp; each in the order in which it was asked. What needs a model waits for a moment in which that model is in
memory and at rest, and never takes more of a job's time than the job itself; so does a reader of pictures, which has a
network of its own. A question that takes many calls of the model comes back after each of them, behind the others:
nobody waits for all of its calls. Last, and only while there is no job, come whole pictures that fill a map in the
background: who clicks waits for one call of theirs at most.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from webui.engine.looks import Looking, LookNormal, LookPoints, LookRead, LookStep, LookVector, Question

MOST_WAITING = 200
"""More questions than a page can wait for; the oldest of them is then given up."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question and the id under which its answer is awaited; `begun` is the work on it, once it is begun."""

    id: str
    question: Question
    begun: Looking | None = None


class LookQueue:
    """Filled by the thread that reads commands, emptied by the one that computes."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: list[Waiting] = []
        self._answering: str | None = None
        """The id of what was taken last, as long as somebody waits for it."""
        self._rested_until = 0.0

    def put(self, waiting: Waiting) -> Waiting | None:
        """Take a question. Returns the one that is given up for it, if there are too many."""
        with self._lock:
            self._waiting.append(waiting)
            return self._waiting.pop(0) if len(self._waiting) > MOST_WAITING else None

    def remove(self, look: str) -> None:
        """Forget a question that nobody waits for; one that was taken cannot be put back any more."""
        with self._lock:
            self._waiting = [each for each in self._waiting if each.id != look]
            if self._answering == look:
                self._answering = None

    def put_back(self, waiting: Waiting) -> bool:
        """Take the question again that was taken last, to be gone on with; False where nobody waits for it any more.

        It goes behind the others, but before those for which another model would have to be loaded.
        """
        with self._lock:
            if self._answering != waiting.id:
                return False
            model = waiting.question.needs_model
            others = (
                place for place, each in enumerate(self._waiting) if each.question.needs_model not in {None, model}
            )
            self._waiting.insert(next(others, len(self._waiting)), waiting)
            return True

    def take(self) -> Waiting | None:
        """The next question of an idle worker."""
        with self._lock:
            return self._take(lambda _: True)

    def take_quick(self) -> Waiting | None:
        """The next question for which no network is asked: it may be answered while a job waits to begin."""
        with self._lock:
            return self._take(lambda each: not takes_long(each.question))

    def take_between_steps(self, model: str | None) -> Waiting | None:
        """The next question that can be answered while a job is between two steps; none of the background.

        Args:
            model: the one in memory, if it can be used now without changing the job.
        """
        with self._lock:
            found = self._take(lambda each: not takes_long(each.question))
            if found is None and self._clock() >= self._rested_until:
                found = self._take(lambda each: _can_be_asked(each, model) and not _in_background(each))
            return found

    def rest(self, seconds: float) -> None:
        """Let the job go on for so long before the model is borrowed again."""
        self._rested_until = self._clock() + seconds

    def _take(self, wanted: Callable[[Waiting], bool]) -> Waiting | None:
        fitting = [place for place, each in enumerate(self._waiting) if wanted(each)]
        if not fitting:
            return None
        found = self._waiting.pop(min(fitting, key=lambda place: (*_turn(self._waiting[place]), place)))
        self._answering = found.id
        return found


def takes_long(question: Question) -> bool:
    """Whether a network is asked for the answer: a model, or a reader of pictures, which is none and needs none."""
    return question.needs_model is not None or isinstance(question, LookRead)


def _can_be_asked(waiting: Waiting, model: str | None) -> bool:
    """Whether what takes long can be answered with this model in memory."""
    return isinstance(waiting.question, LookRead) or (model is not None and waiting.question.needs_model == model)


def _in_background(waiting: Waiting) -> bool:
    """Whether whole pictures are walked for it, or a whole vocabulary is read: it takes many times as long as a view.

    What a vector is near to is told at once; it is begun, and waits, only where no word was read before.
    """
    question = waiting.question
    return isinstance(question, LookPoints | LookNormal) or (
        isinstance(question, LookVector) and waiting.begun is not None
    )


def _turn(waiting: Waiting) -> tuple[int, bool]:
    """What comes first has the lowest.

    In the background one walk is walked to its end before the next begins: so the first pictures are there sooner, and
    only one walk is held in memory.
    """
    question, begun = waiting.question, waiting.begun is not None
    if not takes_long(question):
        return 0, False
    if _in_background(waiting):
        return 3, not begun
    sharpens = isinstance(question, LookStep) and question.view != "guidance"
    return 2 if sharpens or begun else 1, False
