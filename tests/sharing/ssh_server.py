"""A real sshd on this computer, with keys of its own, for tests of tunnels."""

import getpass
import os
import shutil
import socket
import subprocess
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"


class SshServer:
    """Takes connections on `port` with `key` when it has been made.

    Args:
        folder: for its keys and its configuration.
        lines: further lines of its configuration.
    """

    def __init__(self, folder: Path, *lines: str) -> None:
        assert Path(SSHD).is_file(), "These tests need sshd: apt-get install openssh-server"
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.key = folder / "client"
        self.port = free_port()
        for key in (self.key, folder / "host"):
            if not key.exists():
                subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(parents=True, exist_ok=True)
        configuration = folder / "sshd_config"
        configuration.write_text("\n".join((*lines, *self._configuration())) + "\n")
        self.process = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", str(configuration)], stdin=subprocess.DEVNULL, stderr=(folder / "log").open("a")
        )
        weakref.finalize(self, self.process.kill)
        self._wait()

    @property
    def options(self) -> dict[str, Any]:
        """What an order says to get a tunnel by it."""
        return {
            "destination": f"{getpass.getuser()}@127.0.0.1",
            "port": self.port,
            "key": str(self.key),
            "bind": "127.0.0.1",
        }

    def close(self) -> None:
        """End it, with the connections that it has."""
        connections = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        self.process.wait(10)
        for connection in connections:
            with suppress(psutil.NoSuchProcess):
                connection.terminate()

    def _configuration(self) -> list[str]:
        return [
            f"Port {self.port}", "ListenAddress 127.0.0.1", f"HostKey {self.folder / 'host'}",
            f"AuthorizedKeysFile {self.key}.pub", f"PidFile {self.folder / 'pid'}", "StrictModes no", "UsePAM no",
            "PasswordAuthentication no", "KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password",
            "PrintMotd no", "PrintLastLog no",
        ]  # fmt: skip

    def _wait(self) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("sshd did not begin to listen")


@contextmanager
def ssh_server(folder: Path, *lines: str) -> Iterator[SshServer]:
    """One that is ended afterwards."""
    server = SshServer(folder, *lines)
    try:
        yield server
    finally:
        server.close()


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
