"""A program that keeps a tunnel open as long as it runs."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

LEASH = Path(__file__).with_name("leash.py")
LAST_LINES = 100
LONGEST_LINE = 500
STOP_SECONDS = 2.0


class TunnelProgram:
    """Started at construction, and ended with this process whatever ends that.

    Args:
        command: the program and its arguments; no shell reads them.
        environment: what it finds beside our own environment.
        folder: where it runs.
    """

    def __init__(
        self, command: Sequence[str], *, environment: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> None:
        self.last_lines: deque[str] = deque(maxlen=LAST_LINES)
        """What it has said last, for the error when it ends."""
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._listening = True
        self._stopped = False
        self._lock = threading.Lock()
        self._ended = False
        self._callback: Callable[[], None] | None = None
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(LEASH), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            cwd=folder,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True, name="tunnel").start()

    @property
    def pid(self) -> int:
        """Of the process that holds the program."""
        return self._process.pid

    def next_line(self, timeout_s: float) -> str | None:
        """What it says next; None when it has ended.

        Raises:
            TimeoutError: it says nothing for so long.
        """
        try:
            return self._lines.get(timeout=max(0.0, timeout_s))
        except queue.Empty as error:
            raise TimeoutError from error

    def on_end(self, callback: Callable[[], None]) -> None:
        """Call this once when it ends by itself, also when that has been already; its lines are not asked for now."""
        with self._lock:
            self._listening = False
            self._callback = callback
            ended = self._ended and not self._stopped
        if ended:
            callback()

    def stop(self) -> None:
        """End it and wait for that, two seconds at most before it is killed. Harmless when done again."""
        with self._lock:
            self._stopped = True
        with suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.wait()

    def _kill(self) -> None:
        if os.name == "posix":
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            while line := lines.readline(LONGEST_LINE):
                text = line.decode(errors="replace").strip()
                self.last_lines.append(text)
                if self._listening:
                    self._lines.put(text)
        self._process.wait()
        with self._lock:
            self._ended = True
            callback = None if self._stopped else self._callback
        self._lines.put(None)
        if callback is not None:
            callback()
