"""Calls into code that may never come back."""

import threading
from collections.abc import Callable
from typing import Any

from webui.extensions.faults import OverTime, error_sentence


def call_within(seconds: float | None, function: Callable[..., Any], *arguments: Any) -> Any:
    """What the function gives, or its exception; it runs in a thread of its own unless there is no limit.

    Raises:
        OverTime: the time is over. The thread cannot be ended: it goes on, and is not waited for.
    """
    if seconds is None:
        return function(*arguments)
    answer: list[Any] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            answer.append(function(*arguments))
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True, name=f"extension {getattr(function, '__name__', 'call')}")
    thread.start()
    thread.join(seconds)
    if failure and isinstance(failure[0], KeyboardInterrupt):
        # Nobody pressed a key in that thread.
        raise RuntimeError(error_sentence(failure[0])) from failure[0]
    if failure:
        raise failure[0]
    if not answer:
        raise OverTime(seconds)
    return answer[0]
