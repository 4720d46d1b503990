"""A worker process as the web process sees it: start it, send it commands, hear its reports, learn of its death."""

import atexit
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from webui.engine import worker
from webui.engine.messages import MAX_FRAME_BYTES, REPORTS, Command, MalformedMessage, Report, decode, encode
from webui.engine.thread_waiting import let_threads_sleep

_log = logging.getLogger(__name__)
_SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The process is dead; `cause` says how, for people."""

    cause: str


class WorkerProcess:
    """One spawned worker. Use a new one after it died.

    Start it from a thread that lives as long as it should: on Linux the system kills the worker when the thread that
    started it ends.

    Args:
        factory: "module:callable" that makes the generator in the child.
        models_dirs: given to the factory.
        data_dir: given to the factory; the child logs there.
        tell: called from a thread of this object with every report, and once with `Lost`, after which comes nothing.
        extensions: the folders of those that take part.
    """

    def __init__(
        self,
        factory: str,
        models_dirs: tuple[Path, ...],
        data_dir: Path,
        tell: Callable[["WorkerProcess", Report | Lost], None],
        extensions: tuple[str, ...] = (),
    ) -> None:
        self._tell = tell
        self._connection, self._child = _SPAWN.Pipe()
        self._send_lock = threading.Lock()
        self._join_lock = threading.Lock()
        plan = worker.WorkerPlan(factory=factory, models_dirs=models_dirs, data_dir=data_dir, extensions=extensions)
        self._process = _SPAWN.Process(
            target=worker.main,
            args=(self._child, plan, os.getpid()),
            name="darkroom-worker",
            daemon=True,
        )

    @property
    def pid(self) -> int | None:
        """Its process id, once started."""
        return self._process.pid

    def start(self) -> None:
        """Spawn it; returns before it is ready."""
        let_threads_sleep()
        self._process.start()
        self._child.close()
        # The worker ignores SIGTERM, so an exit without `kill` would wait for it for ever.
        atexit.register(self._process.kill)
        threading.Thread(target=self._listen, name="worker-reports", daemon=True).start()

    def send(self, command: Command) -> None:
        """Send a command; nothing happens when the process has just died, as `tell` hears of that."""
        try:
            with self._send_lock:
                self._connection.send_bytes(encode(command))
        except OSError:
            _log.info("the worker %s did not take %s", self.pid, command.type)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def join(self, seconds: float) -> bool:
        """Wait for its end; False when it still lives."""
        with self._join_lock:  # two threads that wait for one process at once may both miss its end
            self._process.join(seconds)
            return not self._process.is_alive()

    def _listen(self) -> None:
        connection = self._connection
        cause = ""
        try:
            while True:
                # The sentinel too: a grandchild may hold the pipe open after the worker's death.
                if connection not in wait([connection, self._process.sentinel]) and not connection.poll(0):
                    break
                self._tell(self, decode(_receive(connection), REPORTS))
        except MalformedMessage as error:
            _log.error("the worker %s said something that is not a report: %s", self.pid, error)
            cause = "it sent something that is not a report"
        except (EOFError, OSError):
            pass
        if cause or not self.join(5):
            self.kill()
            self.join(5)
        atexit.unregister(self._process.kill)
        self._tell(self, Lost(cause=cause or _cause(self._process.exitcode)))


def _receive(connection: Connection) -> bytes:
    return connection.recv_bytes(MAX_FRAME_BYTES)


def _cause(exit_code: int | None) -> str:
    if exit_code is None:
        return "it did not answer"
    if exit_code < 0:
        known = {-9: "it was killed, perhaps by the system for want of memory", -11: "it crashed (segmentation fault)"}
        known |= {-7: "it crashed (bus error; a model file may have changed while it was read)", -6: "it aborted"}
        return known.get(exit_code, f"it was ended by signal {-exit_code}")
    return f"it ended by itself with exit code {exit_code}"
