"""A program that may take only so long and so much: past its limits it is ended with all that it started."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_POLL_SECONDS = 0.05
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
    max_output: int = _MAX_OUTPUT,
) -> Ended:
    """Run a program and wait for it.

    Args:
        command: the program and its arguments; no shell reads them.
        folder: where it runs.
        environment: all the variables that it sees.
        seconds: how long it may take.
        watch: asked several times a second; a text ends the program and becomes the error.
        max_output: bytes of what it prints that are read.

    Raises:
        LimitReached: it took too long, or `watch` said so.
        OSError: there is no such program.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            list(command), cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=errors
        )
        try:
            _wait(process, seconds, watch)
        finally:
            _end(process)
        texts: list[str] = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read(max_output).decode("utf-8", "replace"))
        return Ended(process.returncode, texts[0], texts[1])


def _wait(process: "subprocess.Popen[bytes]", seconds: float, watch: Callable[[], str]) -> None:
    end = time.monotonic() + seconds
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_SECONDS)
            return
        if time.monotonic() > end:
            raise LimitReached(f"it took longer than {seconds:g} seconds")
        if reason := watch():
            raise LimitReached(reason)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it with its children; they are listed first, as they cannot be found once their parent is gone."""
    if process.poll() is not None:
        return
    with suppress(psutil.Error):
        for child in psutil.Process(process.pid).children(recursive=True):
            with suppress(psutil.Error):
                child.kill()
    process.kill()
    process.wait()
