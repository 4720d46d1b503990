"""Pictures are finished beside the walk of the next ones: PNG is made in a thread, reports keep their order."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")


class Overlap(Generic[T]):
    """Reports in order, of which some are still being made. One thread makes them, one after the other."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._waiting: deque[Future[T]] = deque()

    def later(self, make: Callable[[], T]) -> None:
        """A report that is made in the thread."""
        self._waiting.append(self._thread.submit(make))

    def then(self, report: T) -> None:
        """A report that is there, and comes after those before it."""
        there: Future[T] = Future()
        there.set_result(report)
        self._waiting.append(there)

    def ready(self, patience: float = 0.0) -> Iterator[T]:
        """Those that are ready and have nothing before them; waits for them so many seconds at most.

        Raises:
            Exception: what went wrong in making one.
        """
        until = time.monotonic() + patience
        while self._waiting:
            try:
                report = self._waiting[0].result(max(until - time.monotonic(), 0.0))
            except TimeoutError:
                if self._waiting[0].done():
                    raise
                return
            self._waiting.popleft()
            yield report

    def rest(self) -> Iterator[T]:
        """All of them, however long it takes; nothing can be made afterwards."""
        while self._waiting:
            yield self._waiting.popleft().result()
        self._thread.shutdown()
