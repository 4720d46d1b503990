"""Where a process is inside an extension, in a small mapped file that another process can read, even after a death."""

import contextlib
import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SIZE = 512
_HEAD = struct.Struct("<4sIdHH")
"""Magic, the process, the start on the machine's monotonic clock in seconds, lengths of the two names in bytes."""
_MAGIC = b"DRx1"
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that has begun and not ended: of which extension's which hook, in which process, since when.

    `started` is on `time.monotonic`, which all processes of a machine share until it is started anew.
    """

    extension: str
    hook: str
    started: float
    process: int

    @property
    def age_s(self) -> float:
        """How long it has been going on, in seconds; 0 where the clock says nothing sensible."""
        return max(time.monotonic() - self.started, 0.0)


class CallMark:
    """The mark of this process. Several threads may be in calls at once: the one that began first is shown.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        path.touch()
        self._file = path.open("r+b")
        self._file.truncate(_SIZE)  # never to less, as a file that is mapped elsewhere must not shrink
        self._map = mmap.mmap(self._file.fileno(), _SIZE)
        self._map[:] = bytes(_SIZE)
        self._calls: list[Call] = []
        self._lock = threading.Lock()
        self._process = os.getpid()

    @contextlib.contextmanager
    def entered(self, extension: str, hook: str) -> Iterator[None]:
        """Marks the call for as long as it lasts."""
        call = Call(extension=extension, hook=hook, started=time.monotonic(), process=self._process)
        with self._lock:
            self._calls.append(call)
            if len(self._calls) == 1:
                self._show()
        try:
            yield
        finally:
            with self._lock:
                # Two calls are the same where they began at the same moment, so that this one is looked for by itself.
                at = next(index for index, each in enumerate(self._calls) if each is call)
                del self._calls[at]
                if at == 0:
                    self._show()

    def close(self) -> None:
        """Let go of the file, with nothing in it."""
        with self._lock:
            self._calls.clear()
            self._show()
            self._map.close()
            self._file.close()

    def _show(self) -> None:
        if self._map.closed:  # calls may outlast the program's end
            return
        self._map[:4] = bytes(4)  # nobody reads half a mark
        if self._calls:
            call = self._calls[0]
            names = [name.encode(errors="replace")[:_LONGEST_NAME] for name in (call.extension, call.hook)]
            head = _HEAD.pack(bytes(4), call.process, call.started, *map(len, names))
            body = head + b"".join(names)
            self._map[4 : len(body)] = body[4:]
            self._map[:4] = _MAGIC

    @staticmethod
    def read(path: Path) -> Call | None:
        """The call that is going on, or was when its process died; None where there is none. Never raises."""
        try:
            with path.open("rb") as file:
                content = file.read(_SIZE)
            magic, process, started, *lengths = _HEAD.unpack_from(content)
        except (OSError, struct.error):
            return None
        if magic != _MAGIC or any(length > _LONGEST_NAME for length in lengths):
            return None
        names = content[_HEAD.size :]
        extension = names[: lengths[0]].decode(errors="replace")
        hook = names[lengths[0] : sum(lengths)].decode(errors="replace")
        return Call(extension=extension, hook=hook, started=started, process=process)

    @staticmethod
    def clear(path: Path) -> None:
        """Forget what a dead process left."""
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
