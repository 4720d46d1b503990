"""A server in this process to which several people speak at once: a header says who somebody is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.engine.engines import LONG, running_engine, wait_until
from tests.server.server_process import read_events
from webui.access.principal import HOUSE, Principal
from webui.access.roles import Role
from webui.engine.engine import Engine
from webui.engine.guest_limits import JobLimits
from webui.server.access.identify import Identity, identity_by
from webui.server.app import create_app
from webui.server.link_entrance import LINK
from webui.server.listening import address_of, bind
from webui.sharing.public_link import Level, PublicLink

WHO = "x-who"
PEOPLE = {
    "house": HOUSE,
    "ann": Principal(Role.USER, "account:ann"),
    "eve": Principal(Role.USER, "account:eve"),
    "gus": Principal(Role.GUEST, "guest:gus"),
    "vic": Principal(Role.VIEWER, "guest:vic"),
}
SMALL = {"prompt": "a boat", "seed": 7, "steps": 2, "width": 64, "height": 64}


@dataclass
class People:
    """The server, and how to speak to it as somebody. `vic` looks on by a link that was opened at `link.opened`."""

    engine: Engine
    url: str
    app: FastAPI
    link: PublicLink
    _clients: dict[str, httpx.Client] = field(default_factory=dict)

    def as_(self, name: str) -> httpx.Client:
        """Somebody's client."""
        if name not in self._clients:
            self._clients[name] = httpx.Client(base_url=self.url, headers={WHO: name}, timeout=LONG)
        return self._clients[name]

    def make(self, name: str, **request: Any) -> dict[str, Any]:
        """A job of somebody, when it has ended."""
        job = self.submit(name, **request)
        wait_until(lambda: not self.engine.job(job).active)
        return self.as_(name).get(f"/api/v1/jobs/{job}").json()

    def submit(self, name: str, **request: Any) -> str:
        """The id of a job of somebody that was just accepted."""
        answer = self.as_(name).post("/api/v1/jobs", json=SMALL | request)
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    def heard(self, name: str, *, until: str, after: int | None = None) -> list[dict[str, Any]]:
        """What somebody hears up to the end of a job of theirs, which is waited for."""
        headers = {"Last-Event-ID": str(after)} if after is not None else {}
        events: list[dict[str, Any]] = []
        with self.as_(name).stream("GET", "/api/v1/events", headers=headers) as answer:
            for event in read_events(answer):
                events.append(event)
                if event["type"] == "finished" and event["job"] == until:
                    break
        return events

    def close(self) -> None:
        """Hang up."""
        for client in self._clients.values():
            client.close()


class _ByHeader(Identity):
    """Believes whoever says who they are."""

    async def of(self, scope: Scope) -> Principal | None:
        said = dict(scope["headers"]).get(WHO.encode(), b"").decode()
        return PEOPLE.get(said)


@contextmanager
def several_people(folder: Path) -> Iterator[People]:
    """The server, with the fake generator."""
    with running_engine(folder) as engine:
        made = identity_by(engine.settings)
        identity = _ByHeader(made.lock, None, made.sessions, at_home=True)
        app = create_app(engine, engine.settings, build_page=None, identity=identity)
        listener = bind("127.0.0.1", 0)
        link = PublicLink(url=address_of(listener), level=Level.LOOK, provider="test", lasts_s=None)
        engine.job_limits.allow(PEOPLE["gus"].owner, JobLimits(waiting=50))
        server = uvicorn.Server(uvicorn.Config(_by_link(app, link), log_level="error", timeout_graceful_shutdown=5))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        people = People(engine, address_of(listener), app, link)
        try:
            wait_until(lambda: server.started)
            yield people
        finally:
            people.close()
            server.should_exit = True
            thread.join(LONG)


def _by_link(app: ASGIApp, link: PublicLink) -> ASGIApp:
    """The application as who looks on comes to it."""

    async def entered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (WHO.encode(), b"vic") in scope["headers"]:
            scope = {**scope, LINK: link}
        await app(scope, receive, send)

    return entered
