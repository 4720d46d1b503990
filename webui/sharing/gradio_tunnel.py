"""Gradio's public tunnel: needs no server of one's own; what passes goes through a server of theirs."""

import secrets
import sys
import time
from pathlib import Path

from webui.sharing.addresses import base_address
from webui.sharing.gradio_program import FAILED, OPEN, REACHED
from webui.sharing.program_tunnel import ProgramTunnel
from webui.sharing.refusals import TunnelFailed
from webui.sharing.tunnel_program import TunnelProgram

NAME, LABEL = "gradio", "Gradio's server (*.gradio.live)"
PROGRAM = Path(__file__).with_name("gradio_program.py")
PATIENCE_SECONDS = 60.0
"""How long it may take once its server was reached: the first time, a program of some megabytes is fetched."""


class GradioTunnel(ProgramTunnel):
    """One run of Gradio's client in a process of its own.

    Args:
        folder: where its program and its certificate are kept.
        patience_s: how long it may take after its server was reached, which is what has a time limit else.
    """

    def __init__(self, folder: Path, *, patience_s: float = PATIENCE_SECONDS) -> None:
        super().__init__(
            too_slow="Gradio's tunnel server does not answer.", lost="Gradio's tunnel has ended.", hint=_HINT
        )
        self._folder = folder
        self._patience_s = patience_s

    def _start(self, port: int, timeout_s: float) -> TunnelProgram:
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-I", str(PROGRAM), str(port), secrets.token_urlsafe(32)]
        environment = {"HF_HOME": str(self._folder), "GRADIO_ANALYTICS_ENABLED": "False"}
        return TunnelProgram(command, environment=environment, folder=self._folder)

    def _address(self, program: TunnelProgram, timeout_s: float) -> str:
        until = time.monotonic() + timeout_s
        while (line := program.next_line(until - time.monotonic())) is not None:
            if line == REACHED:
                until = time.monotonic() + self._patience_s
            elif line.startswith(OPEN) and (address := base_address(line.removeprefix(OPEN))) is not None:
                return address
            elif line.startswith(FAILED):
                raise _failed(line.removeprefix(FAILED))
        raise TunnelFailed("Gradio's tunnel ended before it was open.", hint=_HINT)


def _failed(why: str) -> TunnelFailed:
    kind, _, reason = why.partition(" ")
    if kind == "unreachable":
        return TunnelFailed(f"Gradio's tunnel server cannot be reached: {reason}.", hint=_HINT)
    return TunnelFailed(f"Gradio's server gave no tunnel: {why}.", hint=_HINT)


_HINT = "Look whether this computer is on the internet, or use a server of your own by ssh."
