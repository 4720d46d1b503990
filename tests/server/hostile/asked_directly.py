"""Requests given to an ASGI application as a server would give them, without a socket: tens of thousands in seconds."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message

STAYS_SECONDS = 2.0
"""How long an asker listens; streams that never end are left then."""


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


async def ask(
    app: ASGIApp, method: str, path: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b"", **scope: Any
) -> Answer:
    """One request; `path` is what the server would have decoded."""
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    asked = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode("utf-8", "replace"), "query_string": b"", "root_path": "",
        "headers": raw, "client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 7860), "state": {}, **scope,
    }  # fmt: skip
    answer, sent = Answer(), False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            await asyncio.sleep(STAYS_SECONDS)
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
        else:
            answer.body += message.get("body", b"")

    try:
        await app(asked, receive, send)
    except Exception:  # what was answered with a 500 is raised once more, for the server's log
        if not answer.status:
            raise
    return answer
