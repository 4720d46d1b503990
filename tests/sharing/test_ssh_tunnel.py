"""Tunnels through a real sshd on this computer."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.engine.engines import wait_until
from tests.sharing.processes import has_ended
from tests.sharing.ssh_server import SshServer, free_port, ssh_server
from webui.sharing.refusals import TunnelFailed
from webui.sharing.ssh_place import SshPlace
from webui.sharing.ssh_tunnel import SshTunnel


class TellsHost(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["host"].encode())

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), TellsHost)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def tunnel_by(server: SshServer, folder: Path, **changes: Any) -> SshTunnel:
    return SshTunnel(SshPlace.from_json({**server.options, **changes}), folder)


def failure(tunnel: SshTunnel, timeout_s: float = 10) -> str:
    """The sentence with which it fails to open, in time and with nothing left."""
    began = time.monotonic()
    with pytest.raises(TunnelFailed) as failed:
        tunnel.open(free_port(), timeout_s)
    assert time.monotonic() - began < 10
    program = tunnel._program
    assert program is None or has_ended(program.pid)
    return failed.value.message


@pytest.mark.parametrize("port_there", ["any", "chosen"])
def test_the_address_leads_here_until_the_tunnel_is_closed(
    sshd: SshServer, port: int, tmp_path: Path, port_there: str
) -> None:
    chosen = free_port() if port_there == "chosen" else 0
    tunnel = tunnel_by(sshd, tmp_path / "a folder 100%d", remote_port=chosen)
    lost: list[str] = []
    try:
        url = tunnel.open(port, 10).url
        tunnel.on_lost(lost.append)
        assert chosen == 0 or url == f"http://127.0.0.1:{chosen}"
        assert httpx.get(url).text == url.removeprefix("http://")
    finally:
        tunnel.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    assert lost == []
    assert "ssh-ed25519" in (tmp_path / "a folder 100%d" / "known_hosts").read_text()


def test_the_address_can_be_another_than_the_server_s(sshd: SshServer, port: int, tmp_path: Path) -> None:
    tunnel = tunnel_by(sshd, tmp_path, address="https://pictures.example.org")
    try:
        assert tunnel.open(port, 10).url == "https://pictures.example.org"
    finally:
        tunnel.close()


def test_a_service_that_says_its_address_in_a_session_is_heard(tmp_path: Path, port: int) -> None:
    says = "echo 'see https://example.org/docs'; echo at https://word.example.org; sleep 600"
    with ssh_server(tmp_path / "sshd", f"ForceCommand {says}") as server:
        tunnel = tunnel_by(server, tmp_path, pattern=r"at (https://\S+)")
        try:
            assert tunnel.open(port, 10).url == "https://word.example.org"
        finally:
            tunnel.close()


def test_nothing_that_listens_there_is_told(sshd: SshServer, tmp_path: Path) -> None:
    assert failure(tunnel_by(sshd, tmp_path, port=free_port())) == "127.0.0.1 takes no connections at this port."


def test_a_port_that_is_taken_there_is_told(sshd: SshServer, tmp_path: Path) -> None:
    told = failure(tunnel_by(sshd, tmp_path, remote_port=sshd.port))
    assert told == "127.0.0.1 does not open this port: it is taken, or not allowed to you."


def test_a_key_that_is_not_known_there_is_told(sshd: SshServer, tmp_path: Path) -> None:
    told = failure(tunnel_by(sshd, tmp_path, key=str(sshd.folder / "host")))
    assert told == "127.0.0.1 lets nobody in with this key."


def test_a_name_that_is_nobody_s_is_told(sshd: SshServer, tmp_path: Path) -> None:
    told = failure(tunnel_by(sshd, tmp_path, destination="me@nobody.invalid"))
    assert told == "There is no computer of the name nobody.invalid."


def test_a_server_that_shows_another_key_than_before_is_not_spoken_to(
    sshd: SshServer, port: int, tmp_path: Path
) -> None:
    tunnel = tunnel_by(sshd, tmp_path)
    tunnel.open(port, 10)
    tunnel.close()
    known = tmp_path / "known_hosts"
    kind, other_key = (sshd.folder / "client.pub").read_text().split()[:2]
    known.write_text(f"[127.0.0.1]:{sshd.port} {kind} {other_key}\n")
    assert failure(tunnel_by(sshd, tmp_path)) == "127.0.0.1 shows another host key than before, so it is not spoken to."


def test_a_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = SshPlace("me@127.0.0.1", port=silent.getsockname()[1])
        assert failure(SshTunnel(place, tmp_path), 0.5) == "127.0.0.1 did not open a tunnel within 0.5 seconds."


def test_without_ssh_its_name_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert failure(SshTunnel(SshPlace("me@127.0.0.1"), tmp_path)) == "The program ssh is not installed."


def test_opening_can_be_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        tunnel = SshTunnel(SshPlace("me@127.0.0.1", port=silent.getsockname()[1]), tmp_path)
        threading.Timer(0.2, tunnel.close).start()
        failure(tunnel)
        assert failure(tunnel) == "It was given up."


def test_a_connection_that_breaks_is_told(tmp_path: Path, port: int) -> None:
    with ssh_server(tmp_path / "sshd") as server:
        tunnel = tunnel_by(server, tmp_path)
        lost: list[str] = []
        tunnel.open(port, 10)
        tunnel.on_lost(lost.append)
    wait_until(lambda: bool(lost))
    tunnel.close()
    assert lost == ["The connection to 127.0.0.1 was lost."]
