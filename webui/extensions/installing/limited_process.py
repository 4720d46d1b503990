"""A program that may take only so long and so much: past its limits it is ended with all that it started."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_POLL_SECONDS, _WATCH_SECONDS = 0.05, 0.2
_MAX_OUTPUT = 64 * 1024


class LimitReached(Exception):
    """The program was ended; the text says by which limit."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: its exit code, what it printed, and its errors, both as text of at most 64 KiB."""

    code: int
    output: str
    errors: str


def run_limited(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    seconds: float,
    watch: Callable[[], str] = lambda: "",
    max_memory: int | None = None,
    max_output: int = _MAX_OUTPUT,
) -> Ended:
    """Run a program and wait for it.

    Args:
        command: the program and its arguments; no shell reads them.
        folder: where it runs.
        environment: all the variables that it sees.
        seconds: how long it may take.
        watch: asked several times a second; a text ends the program and becomes the error.
        max_memory: bytes that it and what it started may have in memory.
        max_output: bytes of what it prints that are read.

    Raises:
        LimitReached: it took too long or too much memory, or `watch` said so.
        OSError: there is no such program.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            list(command), cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=errors,
            start_new_session=True,
        )  # fmt: skip
        try:
            _wait(process, seconds, lambda: watch() or _memory_reason(process.pid, max_memory))
        finally:
            _end(process)
        texts: list[str] = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read(max_output).decode("utf-8", "replace"))
        return Ended(process.returncode, texts[0], texts[1])


def _wait(process: "subprocess.Popen[bytes]", seconds: float, watch: Callable[[], str]) -> None:
    end = time.monotonic() + seconds
    look = time.monotonic() + _WATCH_SECONDS
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_SECONDS)
            return
        if time.monotonic() > end:
            raise LimitReached(f"it took longer than {seconds:g} seconds")
        if time.monotonic() > look:
            if reason := watch():
                raise LimitReached(reason)
            look = time.monotonic() + _WATCH_SECONDS


def _memory_reason(process: int, most: int | None) -> str:
    if most is None:
        return ""
    used = 0
    for each in _with_children(process):
        with suppress(psutil.Error):
            used += each.memory_info().rss
    return "it needs more memory than is given to it" if used > most else ""


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it with all that it started: its group, and where there are no groups, its children one by one."""
    if process.poll() is not None:
        return
    children = _with_children(process.pid)  # they cannot be found once their parent is gone
    if os.name == "posix":
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    for each in children:
        with suppress(psutil.Error):
            each.kill()
    process.wait()


def _with_children(process: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(process)
        return [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return []
