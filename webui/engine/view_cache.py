"""Answers to questions in memory, within a bound of bytes; a question that is asked twice at once is answered once."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future

from webui.engine.looks import Answered, Question

MAX_BYTES = 256 * 2**20


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
        self._asked: dict[str, Future[Answered]] = {}

    def answer(self, question: Question, ask: Callable[[], Answered]) -> Answered:
        """The answer to a question: the kept one, or what `ask` returns or raises."""
        key = question.key
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
            waiting = self._asked.get(key)
            mine: Future[Answered] = self._asked.setdefault(key, Future())
        if waiting is not None:
            return waiting.result()
        try:
            answered = ask()
        except BaseException as error:
            self._settle(key, None)
            mine.set_exception(error)
            raise
        self._settle(key, answered)
        mine.set_result(answered)
        return answered

    def clear(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def _settle(self, key: str, answered: Answered | None) -> None:
        with self._lock:
            del self._asked[key]
            if answered is None or answered.size > self._max_bytes:
                return
            self._kept[key] = answered
            self._bytes += answered.size
            while self._bytes > self._max_bytes:
                self._bytes -= self._kept.popitem(last=False)[1].size
