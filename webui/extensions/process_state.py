"""What all of a process share, and loading an extension may not take away: streams, log, folder, environment."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

_STREAMS = {0: "stdin", 1: "stdout", 2: "stderr"}


@contextmanager
def kept_process_state(told: Callable[[str], None]) -> Iterator[None]:
    """Puts back afterwards what was closed, replaced or left.

    Where descriptor 1 stays closed, the next file that is opened, perhaps a database, gets its number, and whatever
    anybody prints is written into it. A process whose folder is gone cannot start another one. Variables of the
    environment may be added and changed, as libraries are told things by them, but not removed.

    Args:
        told: is given what was done, in words that follow the extension's name.
    """
    folder, environment = _folder(), dict(os.environ)
    root = logging.getLogger()
    handlers, level, disabled = list(root.handlers), root.level, root.manager.disable
    streams = {name: getattr(sys, name) for name in _STREAMS.values()}
    copies: dict[int, int] = {}
    for number in _STREAMS:
        with suppress(OSError):
            copies[number] = os.dup(number)
    try:
        yield
    finally:
        for number, copy in copies.items():
            name = _STREAMS[number]
            if _put_back_descriptor(number, copy) | _put_back_stream(number, name, streams[name]):
                told(f"closed or replaced {name}, which was put back.")
        if folder and _folder() != folder:
            with suppress(OSError):
                os.chdir(folder)
                told("changed the working directory, which was changed back.")
        if (root.handlers[: len(handlers)], root.level, root.manager.disable) != (handlers, level, disabled):
            root.handlers[:] = handlers
            root.setLevel(level)
            logging.disable(disabled)
            told("changed the program's log, which was put back.")
        removed = {name: value for name, value in environment.items() if name not in os.environ}
        if removed:
            os.environ.update(removed)
            told("removed variables of the environment, which were put back.")


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""


def _put_back_descriptor(number: int, copy: int) -> bool:
    try:
        same = os.path.samestat(os.fstat(number), os.fstat(copy))
    except OSError:
        same = False
    try:
        if not same:
            os.dup2(copy, number)
    finally:
        os.close(copy)
    return not same


def _put_back_stream(number: int, name: str, before: Any) -> bool:
    now = getattr(sys, name, None)
    if now is before and not getattr(now, "closed", False):
        return False
    if before is None or not getattr(before, "closed", False):
        setattr(sys, name, before)
        return True
    mode = "r" if number == 0 else "w"
    opened = os.fdopen(number, mode, encoding="utf-8", errors="backslashreplace", closefd=False)
    setattr(sys, name, opened)
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream is before:
            handler.stream = opened  # setStream would flush the closed one
    return True
