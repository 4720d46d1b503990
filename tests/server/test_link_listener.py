"""The listener of the public link by itself."""

import asyncio
from typing import Any

import pytest

from webui.server.link_listener import LinkListener


async def slow_application(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["client"][0].encode(), "more_body": True})
    await asyncio.sleep(600)


async def asked(port: int, header: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n" + header + b"\r\n")
    return reader, writer


def test_closing_it_cuts_everybody_off_at_once_and_frees_the_port() -> None:
    async def run() -> None:
        listener = LinkListener(slow_application)
        port = await listener.open()
        reader, writer = await asked(port)
        await reader.readuntil(b"127.0.0.1")
        await asyncio.wait_for(listener.close(), 2)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await asyncio.wait_for(reader.readexactly(100), 2)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        writer.close()

    asyncio.run(run())


def test_nobody_is_believed_to_come_from_elsewhere() -> None:
    async def run() -> bytes:
        listener = LinkListener(slow_application)
        reader, writer = await asked(await listener.open(), b"X-Forwarded-For: 192.0.2.1\r\n")
        heard = await reader.readuntil(b".1\r\n")
        await listener.close()
        writer.close()
        return heard

    assert b"127.0.0.1" in asyncio.run(run())


def test_it_takes_so_many_connections_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webui.server.link_listener.MOST_CONNECTIONS", 3)

    async def run() -> None:
        listener = LinkListener(slow_application)
        port = await listener.open()
        kept = [await asked(port) for _ in range(3)]
        for reader, _ in kept:
            await reader.readuntil(b"127.0.0.1")
        refused, writer = await asked(port)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await asyncio.wait_for(refused.readexactly(1), 2)
        for _, each in [*kept, (refused, writer)]:
            each.close()
        await listener.close()

    asyncio.run(run())
