"""The desk by itself, with an engine and a tunnel that leads nowhere."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from tests.engine.engines import running_engine
from webui.access.sessions import Sessions
from webui.engine.engine import Engine
from webui.library.database import StorageUnavailable
from webui.server.share_at_start import share_at_start
from webui.server.share_desk import ShareDesk
from webui.sharing.providers import Opened
from webui.sharing.refusals import LinkBusy, TunnelFailed
from webui.sharing.share_order import ShareOrder
from webui.sharing.tunnel_kinds import TunnelKind


class PretendedTunnel:
    """Says that it leads to our port; `fails` does not open."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.port = 0
        self.closed = False
        self.lose: Callable[[str], None] = lambda _why: None

    def open(self, port: int, timeout_s: float) -> Opened:
        self.port = port
        if self.fails:
            raise TunnelFailed("It does not open.")
        return Opened(f"http://127.0.0.1:{port}")

    def close(self) -> None:
        self.closed = True

    def on_lost(self, callback: Callable[[str], None]) -> None:
        self.lose = callback


class Place:
    """A desk whose tunnels can be looked at."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sessions = Sessions()
        self.tunnels: list[PretendedTunnel] = []
        self.fails = False
        self.desk = ShareDesk(engine, self.sessions, lambda: [TunnelKind("pretended", "Pretended", self._make)])
        self.desk.leads_to(self._application)

    def _make(self, _options: Any) -> PretendedTunnel:
        self.tunnels.append(PretendedTunnel(fails=self.fails))
        return self.tunnels[-1]

    async def _application(self, *_anything: Any) -> None:
        raise AssertionError("nobody asks here")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running_engine(tmp_path_factory.mktemp("engine")) as engine:
        yield engine


def order(minutes: float | None = 60) -> ShareOrder:
    return ShareOrder("pretended", minutes=minutes)


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True


def run(steps: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(steps(), 60))


def test_a_link_whose_time_is_over_is_ended_before_the_next_is_opened(engine: Engine) -> None:
    place = Place(engine)

    async def steps() -> None:
        first = await place.desk.open(order(minutes=0.001))
        time.sleep(0.1)  # the loop stands still, so that no timer runs
        assert place.desk.link is None
        second = await place.desk.open(order())
        assert place.desk.link is second
        assert not first.is_open()
        assert [tunnel.closed for tunnel in place.tunnels] == [True, False]
        assert not await listens(place.tunnels[0].port)
        assert await listens(place.tunnels[1].port)
        await place.desk.close()

    run(steps)


def test_of_two_that_open_one_is_told_that_there_is_another(engine: Engine) -> None:
    place = Place(engine)

    async def steps() -> None:
        answers = await asyncio.gather(place.desk.open(order()), place.desk.open(order()), return_exceptions=True)
        assert sorted(type(answer).__name__ for answer in answers) == ["LinkBusy", "PublicLink"]
        with pytest.raises(LinkBusy):
            await place.desk.open(order())
        closing = asyncio.create_task(place.desk.close())
        await asyncio.sleep(0)
        await place.desk.open(order())  # waits until the one before is closed
        assert closing.done()
        await asyncio.gather(place.desk.close(), place.desk.close())
        assert place.desk.link is None
        assert all(tunnel.closed for tunnel in place.tunnels)

    run(steps)


def test_a_tunnel_that_fails_leaves_no_listener(engine: Engine) -> None:
    place = Place(engine)
    place.fails = True

    async def steps() -> None:
        with pytest.raises(TunnelFailed):
            await place.desk.open(order())
        assert (place.desk.link, place.desk.opening) == (None, False)
        assert place.tunnels[0].closed
        assert not await listens(place.tunnels[0].port)

    run(steps)


def test_a_tunnel_that_is_lost_later_closes_no_other_link(engine: Engine) -> None:
    place = Place(engine)

    async def steps() -> None:
        await place.desk.open(order())
        await place.desk.close()
        second = await place.desk.open(order())
        place.tunnels[0].lose("It was lost long ago.")
        await asyncio.sleep(0.05)
        assert place.desk.link is second
        place.tunnels[1].lose("It was lost.")
        while place.desk.link is not None or not place.tunnels[1].closed:
            await asyncio.sleep(0.01)
        assert place.desk.closed_because == "It was lost."

    run(steps)


def test_the_link_is_closed_also_when_jobs_cannot_be_cancelled(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(engine)

    def full(_owner: str) -> None:
        raise StorageUnavailable("The disk is full.")

    monkeypatch.setattr(engine, "cancel_owned", full)

    async def steps() -> None:
        link = await place.desk.open(order())
        principal = link.admit("Ada", link.password)
        assert principal is not None
        token = place.sessions.open(principal, 60)
        await place.desk.close()
        assert place.sessions.find(token) is None
        assert place.tunnels[0].closed
        assert not await listens(place.tunnels[0].port)
        told = "It was closed. Jobs of Ada could not be cancelled: The disk is full."
        assert place.desk.closed_because == told

    run(steps)


def test_a_link_from_the_start_is_printed_and_its_end_too(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    place = Place(engine)

    async def steps() -> None:
        sharing = asyncio.create_task(share_at_start(place.desk, order(minutes=None)))
        while place.desk.link is None:
            await asyncio.sleep(0.01)
        password = place.desk.link.password
        place.tunnels[0].lose("The connection was lost.")
        await sharing
        first, plain, second = capsys.readouterr().out.splitlines()
        url = f"http://127.0.0.1:{place.tunnels[0].port}"
        assert first == f"Shared until this program ends at {url}  with the password {password}"
        assert plain.startswith("This link is without encryption")
        assert second == "The public link is closed. The connection was lost."

    run(steps)
