"""People before the gate: what each of them sends, and a gate that lets them in to nothing that could break."""

import asyncio
import json
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from webui.access.account_file import AccountFile
from webui.access.accounts import Accounts
from webui.access.kinds import Kind
from webui.access.principal import Principal
from webui.access.roles import Role
from webui.access.sessions import Sessions
from webui.server.access.gate import Gate
from webui.server.access.identify import GUEST_COOKIE, SESSION_COOKIE, Identity
from webui.server.access.lock import Lock
from webui.server.guard import LINK
from webui.sharing.public_link import Level, PublicLink

TOKEN = "a-token-of-more-than-16-signs"
AWAY = ("192.0.2.7", 4000)
HERE = ("127.0.0.1", 4000)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    principal: Principal | None = None
    """Who the request acted for, where it was let in."""

    @property
    def let_in(self) -> bool:
        """Whether it came to what is behind the gate."""
        return self.status == 299

    @property
    def told(self) -> dict[str, Any]:
        """The error."""
        return json.loads(self.body)


@dataclass
class House:
    """A gate with nothing behind it, so that every method of every route can be tried."""

    folder: Path
    at_home: bool = False
    token: str | None = TOKEN
    given: Mapping[str, str] = field(default_factory=lambda: {"root": "toor"})
    api: Mapping[str, str] = field(default_factory=dict)
    owns: Callable[[str | None, Kind, str], bool] = lambda _scope, _kind, id_: id_ == "mine"

    def __post_init__(self) -> None:
        lock = Lock(Accounts(AccountFile(self.folder), self.given), self.token)
        api_lock = Lock(Accounts(None, self.api), None) if self.api else None
        self.sessions = Sessions()
        self.identity = Identity(lock, api_lock, self.sessions, at_home=self.at_home)
        self.gate = Gate(_let_in, identity=self.identity, owns=self.owns)
        self._loop = asyncio.new_event_loop()  # one for all: thousands of requests are sent
        weakref.finalize(self, self._loop.close)
        self.link = PublicLink("https://shared.example", Level.GENERATE, "test", None)

    def ask(
        self, method: str, path: str, *, link: PublicLink | None = None, client: tuple[str, int] = AWAY, **headers: str
    ) -> Answer:
        """Send a request; names of headers have _ for -."""
        told = {"host": "127.0.0.1:7860", **{name.replace("_", "-"): value for name, value in headers.items()}}
        scope: Scope = {
            "type": "http", "method": method, "path": path, "client": client, "query_string": b"", "scheme": "http",
            "headers": [(name.encode(), value.encode()) for name, value in told.items()],
        }  # fmt: skip
        if link is not None:
            scope[LINK] = link
        return self._loop.run_until_complete(_answer(self.gate, scope))

    def visitor(self, role: Role | None) -> dict[str, Any]:
        """What somebody of a role sends with every request; None is a stranger."""
        if role is None:
            return {}
        if role is Role.ADMIN:
            return {"authorization": f"Bearer {TOKEN}"}
        if role is Role.USER:
            AccountFile(self.folder).add("uma", "user", "password")
            token = self.identity.open_session(Principal(role, "account:uma", "uma"), 60)
            return {"cookie": f"{SESSION_COOKIE}={token}"}
        token = self.sessions.open(Principal(role, f"guest:{role}", link=self.link.id), 60)
        return {"cookie": f"{GUEST_COOKIE}={token}", "link": self.link}


async def _let_in(scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b"", "principal": scope["state"].get("principal")})


async def _answer(gate: Gate, scope: Scope) -> Answer:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await gate({**scope, "state": {}}, receive, send)
    start, body = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], headers, body["body"], body.get("principal"))
