"""The operating system's side of being one of our processes: its log, its name, its signals, dying with its parent."""

import ctypes
import logging
import logging.handlers
import os
import secrets
import signal
import sys
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15


def settle_in(parent: int) -> None:
    """Ignore the terminal's Ctrl-C (the web process says when to stop), take a name, and die with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_NAME, b"darkroom-worker", 0, 0, 0)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)


def log_to(file: Path) -> None:
    """Send warnings to standard error and everything from `info` on to the log file."""
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    handlers[0].setLevel(logging.WARNING)
    with suppress(OSError):  # a log that cannot be written is no reason not to work
        file.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(logging.handlers.RotatingFileHandler(file, maxBytes=2**20, backupCount=3, encoding="utf-8"))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", handlers=handlers)


def log_unexpected(log: logging.Logger, what: str) -> str:
    """Log the exception that is being handled.

    Returns:
        The reference to tell the user, which finds it in the log.
    """
    reference = secrets.token_hex(4)
    log.exception("%s [%s]", what, reference)
    return reference
