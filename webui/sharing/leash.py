"""Run as a program of its own: keeps another program, and ends it when whoever started this one is gone.

A tunnel that outlives the server would lead strangers to whatever takes the server's port next. So the server holds the
other end of our standard input; when that closes, for whatever reason, all that was started here is ended.
"""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

GRACE_SECONDS = 1.0


def main(command: list[str]) -> int:
    """Run the command to its end; gives its exit status."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE)
    if os.name == "posix":  # after the start, as the other program would ignore it as well
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(child,), daemon=True).start()
    status = child.wait()
    _end_all(child, gently=True)
    return status


def _watch(child: "subprocess.Popen[bytes]") -> None:
    os.read(0, 1)  # nothing is ever written there: this ends when the other end is closed
    _end_all(child, gently=True)
    with suppress(subprocess.TimeoutExpired):
        child.wait(GRACE_SECONDS)
        return
    _end_all(child, gently=False)


def _end_all(child: "subprocess.Popen[bytes]", *, gently: bool) -> None:
    """End what was started here, with what that has started: all are in the group that begins with this program."""
    if os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGTERM if gently else signal.SIGKILL)
    else:
        child.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
