"""A real server with a public link through a real tunnel, and the guests that come by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psutil

from tests.engine.engines import LONG, wait_until
from tests.server.server_process import Server
from tests.sharing.ssh_server import SshServer

SHARE = "/api/v1/share"
TOKEN = "the token of the house, which is long"
"""What an administrator's program shows; guests of tests have stolen it."""


def open_link(server: Server, sshd: SshServer, **changes: Any) -> dict[str, Any]:
    """Open a link by ssh; what the API tells of it."""
    answer = server.client.post(SHARE, json={"provider": "ssh", "ssh": sshd.options, **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()


def close_link(server: Server) -> dict[str, Any]:
    """Close whatever is open; what the API tells afterwards."""
    return server.client.delete(SHARE).raise_for_status().json()


def stranger(link: dict[str, Any]) -> httpx.Client:
    """Somebody who has the address alone."""
    return httpx.Client(base_url=link["url"], timeout=LONG)


@contextmanager
def guest(link: dict[str, Any], name: str = "Ada") -> Iterator[httpx.Client]:
    """Somebody who has logged in with the password."""
    with stranger(link) as client:
        answer = client.post("/login", json={"name": name, "password": link["password"]})
        assert answer.is_success, answer.text
        yield client


def submit(client: httpx.Client, prompt: str = "a boat", **changes: Any) -> str:
    """Submit a small job; returns its id."""
    wanted = {"prompt": prompt, "seed": 7, "steps": 4, "width": 64, "height": 64, **changes}
    answer = client.post("/api/v1/jobs", json=wanted)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def finished(client: httpx.Client, job: str) -> dict[str, Any]:
    """Wait for a job's end, as somebody sees it."""

    def state() -> dict[str, Any]:
        return client.get(f"/api/v1/jobs/{job}").raise_for_status().json()

    wait_until(lambda: state()["status"] not in ("queued", "running"))
    return state()


def open_things(server: Server) -> tuple[set[int], set[int]]:
    """The ports that the server listens at, and its programs that are no part of the engine."""
    process = psutil.Process(server.process.pid)
    ports = {each.laddr.port for each in process.net_connections("tcp") if each.status == psutil.CONN_LISTEN}
    tunnels = {child.pid for child in process.children(recursive=True) if "leash.py" in " ".join(child.cmdline())}
    return ports, tunnels


def answers(client: httpx.Client) -> bool:
    """Whether anybody is at the other end of the link."""
    try:
        return client.get("/login").status_code > 0
    except httpx.TransportError:
        return False
