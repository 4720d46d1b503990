"""A tunnel by `ssh -R`: any server that one may log in to becomes the address of the link."""

import re
import shutil
import time
from pathlib import Path

from webui.sharing.program_tunnel import ProgramTunnel
from webui.sharing.refusals import TunnelFailed
from webui.sharing.ssh_place import SshPlace
from webui.sharing.tunnel_program import TunnelProgram

NAME, LABEL = "ssh", "A server of your own (ssh)"
KNOWN_HOSTS = "known_hosts"
_ALLOCATED = re.compile(r"Allocated port (\d{1,5}) for remote forward")
_FORWARDED = re.compile(r"debug1: remote forward success for")
_OWN_WORDS = re.compile(r"debug\d: |OpenSSH_|Pseudo-terminal|Warning: Permanently added|Authenticated to ")


class SshTunnel(ProgramTunnel):
    """One run of ssh.

    Args:
        place: where it leads.
        folder: where the keys of servers are remembered; a server that shows another one later is refused.
    """

    def __init__(self, place: SshPlace, folder: Path) -> None:
        super().__init__(
            too_slow=f"{place.host} did not open a tunnel within {{seconds}} seconds.",
            lost=f"The connection to {place.host} was lost.",
            hint="Look whether it can be reached by ssh from here.",
        )
        self._place = place
        self._known_hosts = folder / KNOWN_HOSTS

    def _start(self, port: int, timeout_s: float) -> TunnelProgram:
        ssh = shutil.which("ssh")
        if ssh is None:
            raise TunnelFailed("The program ssh is not installed.", hint="Install openssh-client.")
        self._known_hosts.parent.mkdir(parents=True, exist_ok=True)
        return TunnelProgram([ssh, *self._arguments(port, timeout_s)])

    def _arguments(self, port: int, timeout_s: float) -> list[str]:
        place = self._place
        known_hosts = str(self._known_hosts).replace("%", "%%")
        options = {
            "BatchMode": "yes",  # whatever it would ask, nobody is there to answer
            "ExitOnForwardFailure": "yes",
            "ServerAliveInterval": "10",
            "ServerAliveCountMax": "2",
            "ConnectTimeout": str(max(1, int(timeout_s))),
            "StrictHostKeyChecking": "accept-new",
            "UserKnownHostsFile": f'"{known_hosts}"',
            "LogLevel": "DEBUG1",  # says when a port is open that we have chosen
            "ControlMaster": "no",  # a forward of somebody else's connection would outlive this program
            "ControlPath": "none",
            "ForkAfterAuthentication": "no",
            "ForwardAgent": "no",  # as the person's own configuration may say otherwise
            "ForwardX11": "no",
            "PermitLocalCommand": "no",
            "RequestTTY": "no",
        }
        bind = f"{place.bind}:" if place.bind else ""
        return [
            *(word for name, value in options.items() for word in ("-o", f"{name}={value}")),
            *(("-p", str(place.port)) if place.port else ()),
            *(("-i", str(place.key), "-o", "IdentitiesOnly=yes") if place.key else ()),
            *(() if place.pattern else ("-N",)),  # services say their address in a session
            *("-R", f"{bind}{place.remote_port}:127.0.0.1:{port}"),
            *("--", place.destination),
        ]

    def _address(self, program: TunnelProgram, timeout_s: float) -> str:
        until = time.monotonic() + timeout_s
        while (line := program.next_line(until - time.monotonic())) is not None:
            address = self._address_in(line)
            if address is not None:
                return address
        raise self._why(program)

    def _address_in(self, line: str) -> str | None:
        place = self._place
        if place.pattern:
            return None if _OWN_WORDS.match(line) else place.said_address(line)
        allocated = _ALLOCATED.search(line)
        if place.remote_port == 0:
            return place.public_address(int(allocated[1])) if allocated else None
        return place.public_address(place.remote_port) if _FORWARDED.match(line) else None

    def _why(self, program: TunnelProgram) -> TunnelFailed:
        said = [line for line in program.last_lines if line and not _OWN_WORDS.match(line)]
        text = "\n".join(said)
        for words, sentence, hint in _REASONS:
            if words in text:
                values = {"host": self._place.host, "port": self._place.remote_port, "file": self._known_hosts.name}
                return TunnelFailed(sentence.format(**values), hint=hint.format(**values))
        ending = f": {said[-1][:200]}" if said else "."
        return TunnelFailed(f"ssh ended before the tunnel was open{ending}")


_REASONS = (
    ("HOST IDENTIFICATION HAS CHANGED", "{host} shows another host key than before, so it is not spoken to.",
     "If that is as it should be, remove its line from sharing/{file} in the data folder."),
    ("Host key verification failed", "{host} has no host key that is known.", "Connect to it once with ssh."),
    ("Permission denied", "{host} lets nobody in with this key.",
     "Name the file of a key that needs no passphrase, or load one into ssh-agent."),
    ("Could not resolve hostname", "There is no computer of the name {host}.", "Correct the name."),
    ("remote port forwarding failed", "{host} does not open this port: it is taken, or not allowed to you.",
     "Choose another port, or 0 for any; its sshd must allow AllowTcpForwarding."),
    ("Connection refused", "{host} takes no connections at this port.", "Look whether its sshd runs there."),
    ("timed out", "{host} did not answer.", "Look whether it can be reached by ssh from here."),
    ("Network is unreachable", "{host} cannot be reached: there is no network.", ""),
    ("No route to host", "{host} cannot be reached from here.", ""),
)  # fmt: skip
"""What ssh says, what that means, and what to do."""
