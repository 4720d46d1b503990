"""Run as a program of its own: opens Gradio's tunnel, says its address, and keeps it until it is ended.

Gradio waits half a minute for a server that does not answer, writes a certificate into its working folder and keeps
frpc beside other programs' files; in a process of its own it can be ended at any moment, and all of that is in one
folder of ours. Nothing of us is imported here.
"""

import os
import socket
import sys
from urllib.parse import urlsplit

REACHED, OPEN, FAILED = "darkroom: reached", "darkroom: open ", "darkroom: failed "
SERVER = "https://api.gradio.app"


def main(port: int, token: str) -> int:
    """Open the tunnel to a port of this computer; gives the exit status."""
    try:
        _reach()
    except OSError as error:
        return _fail(f"unreachable {error.strerror or error}")
    print(REACHED, flush=True)
    from gradio.networking import setup_tunnel
    from gradio.tunneling import CURRENT_TUNNELS

    try:
        address = setup_tunnel("127.0.0.1", port, token, None, None)
    except Exception as error:  # of httpx, of the system, or its own
        cause = error.__cause__ or error
        return _fail(f"{type(cause).__name__}: {cause}")
    print(f"{OPEN}{address}", flush=True)
    process = CURRENT_TUNNELS[-1].proc
    if process is not None:
        process.communicate()  # reads what it says until it ends, so that it never waits for a reader
    return 1


def _reach() -> None:
    """Connect to the server that gives tunnels, or to the proxy on the way there, to know soon if there is no network.

    Raises:
        OSError: it cannot be reached.
    """
    from urllib.request import getproxies

    own = os.environ.get("GRADIO_SHARE_SERVER_ADDRESS")
    parts = urlsplit(f"//{own}" if own else getproxies().get("https") or SERVER)
    socket.create_connection((parts.hostname or "", parts.port or 443), timeout=5).close()


def _fail(why: str) -> int:
    print(f"{FAILED}{' '.join(why.split())[:300]}", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2]))
