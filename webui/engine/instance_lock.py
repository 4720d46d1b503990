"""One process at a time has a data folder: a lock that the system gives back when its holder dies."""

import os
from pathlib import Path
from typing import IO

from webui.errors import StartFailed

FILE_NAME = "darkroom.lock"


class InstanceLock:
    """A lock on a file in the data folder. The file holds the process id and stays when the lock is given back."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME
        self._file: IO[str] | None = None

    @property
    def held(self) -> bool:
        """Whether this object has the lock."""
        return self._file is not None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            StartFailed: another process has it, or the folder cannot be written.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = open(self._path, "a+", encoding="ascii")
        except OSError as error:
            raise StartFailed(
                f"The data folder {self._path.parent} cannot be written: {error.strerror}.",
                hint="Choose another with --data-dir.",
            ) from error
        if not _try_lock(file):
            file.seek(0)
            holder = file.read(20).strip() or "unknown"
            file.close()
            raise StartFailed(
                f"The data folder {self._path.parent} is in use by another process (pid {holder}).",
                hint="Stop that one, or choose another data folder with --data-dir.",
            )
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _try_lock(file: IO[str]) -> bool:
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            # Far beyond the text, so that the process id can be read by who comes second.
            file.seek(2**20)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # pyright: ignore[reportAttributeAccessIssue]
    except OSError:
        return False
    return True
