"""Answers to questions in memory, within a bound of bytes; a question that is asked twice at once is answered once."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field

from webui.engine.looks import Answered, Question, Wanted, always
from webui.errors import LookGivenUp

MAX_BYTES = 256 * 2**20
_WANTED_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that is being asked, by the first who wanted the answer, for all who do."""

    answer: Future[Answered] = field(default_factory=Future)
    wanted: list[Wanted] = field(default_factory=list)

    def anyone(self) -> bool:
        """Whether somebody still waits for it."""
        return any(wanted() for wanted in tuple(self.wanted))


class ViewCache:
    """Answers by question; those that were not asked for longest go first. Threads may share it.

    Args:
        max_bytes: how many bytes the answers may have in all.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Answered] = OrderedDict()
        self._bytes = 0
        self._asked: dict[str, _Asked] = {}

    def answer(self, question: Question, ask: Callable[[Wanted], Answered], wanted: Wanted = always) -> Answered:
        """The answer to a question: the kept one, or what `ask` returns or raises.

        `ask` is told how to find out whether anyone still wants the answer.

        Raises:
            LookGivenUp: it is not wanted any more.
        """
        while True:
            try:
                return self._answer(question.key, ask, wanted)
            except LookGivenUp:
                # Whoever asked for all has just given up, when nobody else was there.
                if not wanted():
                    raise

    def clear(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def _answer(self, key: str, ask: Callable[[Wanted], Answered], wanted: Wanted) -> Answered:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
            first = key not in self._asked
            asked = self._asked.setdefault(key, _Asked())
            asked.wanted.append(wanted)
        return self._ask(key, asked, ask) if first else _others_answer(asked, wanted)

    def _ask(self, key: str, asked: _Asked, ask: Callable[[Wanted], Answered]) -> Answered:
        try:
            answered = ask(asked.anyone)
        except BaseException as error:
            self._settle(key, None)
            asked.answer.set_exception(error)
            raise
        self._settle(key, answered)
        asked.answer.set_result(answered)
        return answered

    def _settle(self, key: str, answered: Answered | None) -> None:
        with self._lock:
            del self._asked[key]
            if answered is None or answered.size > self._max_bytes:
                return
            self._kept[key] = answered
            self._bytes += answered.size
            while self._bytes > self._max_bytes:
                self._bytes -= self._kept.popitem(last=False)[1].size


def _others_answer(asked: _Asked, wanted: Wanted) -> Answered:
    """What another thread asks for; waits for it as long as it is wanted."""
    while wanted():
        try:
            return asked.answer.result(_WANTED_SECONDS)
        except FutureTimeoutError:
            continue
    raise LookGivenUp("Nobody waits for this view any more.")
