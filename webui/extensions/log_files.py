"""The log file of an extension: what it says itself, and what it did wrong."""

import contextlib
import logging
import os
from pathlib import Path

from webui.extensions.importing import ROOT_PACKAGE

MAX_LOG_BYTES = 1_000_000
_KEPT_BYTES = 200_000
_SHOWN_BYTES = 64_000


class _LogFile(logging.FileHandler):
    """A file that is opened when the first line is written, and cut to its end whenever it has grown long.

    Both processes append to it. Nothing that goes wrong here is told: a full disk must not stop a picture.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", errors="replace", delay=True)

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(Exception):
            path = Path(self.baseFilename)
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
                path.write_bytes(path.read_bytes()[-_KEPT_BYTES:])
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing."""


def log_of(name: str, path: Path) -> logging.Logger:
    """The logger of an extension, which writes into that file and nowhere else."""
    log = logging.getLogger(f"{ROOT_PACKAGE}.{name}")
    for handler in list(log.handlers):
        if isinstance(handler, _LogFile) and handler.baseFilename == str(path.absolute()):
            return log
        log.removeHandler(handler)
        handler.close()
    handler = _LogFile(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(processName)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    return log


def close_log(name: str) -> None:
    """Let go of an extension's log file, so that it can be removed."""
    log = logging.getLogger(f"{ROOT_PACKAGE}.{name}")
    for handler in [each for each in log.handlers if isinstance(each, _LogFile)]:
        log.removeHandler(handler)
        handler.close()


def read_log(path: Path) -> str:
    """The end of a log file, at most 64,000 bytes; empty where there is none."""
    return end_of(path, _SHOWN_BYTES)


def end_of(path: Path, most_bytes: int) -> str:
    """The end of a file of text, at most so many bytes; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(file.tell() - most_bytes, 0))
            return file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
