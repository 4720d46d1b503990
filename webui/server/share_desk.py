"""The public link from its opening to its end: one listener, one tunnel, and the guests that come by them."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp

from webui.engine.engine import Engine
from webui.engine.guest_limits import JobLimits
from webui.engine.jobs import Job
from webui.errors import InvalidRequest
from webui.library.database import StorageUnavailable
from webui.server.link_entrance import LinkEntrance
from webui.server.link_listener import LinkListener
from webui.sharing.guests import Guest
from webui.sharing.providers import OPEN_SECONDS, Tunnel
from webui.sharing.public_link import Level, PublicLink
from webui.sharing.refusals import GuestNotFound, LinkBusy
from webui.sharing.share_order import ShareOrder
from webui.sharing.tunnel_kinds import TunnelKind

TIME_OVER = "Its time was over."
LAST_WORDS_SECONDS = 0.3
"""How long streams go on after the end, so that they can still say that it came."""
SERIES_JOBS = 50
"""How many jobs of a guest may wait who may begin series, each cell of which is a job."""
LOOK_SECONDS = 1.0
"""How often the wall clock is looked at: it may have jumped, as the computer slept."""


class LinkSessions(Protocol):
    """What the desk needs of the sessions."""

    def close_link(self, link: str) -> None:
        """End every session of a link's guests."""
        ...

    def close_owner(self, owner: str) -> None:
        """End every session of one owner."""
        ...


class ShareDesk:
    """Opens and closes the one public link. Its methods belong to the server's loop.

    Args:
        engine: whose jobs guests submit, and whose hub is told.
        sessions: where guests' sessions are.
        kinds: gives the tunnels that there are now.
        open_seconds: how long a tunnel may take to answer.
    """

    def __init__(
        self,
        engine: Engine,
        sessions: LinkSessions,
        kinds: Callable[[], Sequence[TunnelKind]],
        *,
        open_seconds: float = OPEN_SECONDS,
    ) -> None:
        self._engine = engine
        self._sessions = sessions
        self._kinds = kinds
        self._open_seconds = open_seconds
        self._app: ASGIApp | None = None
        self._changing = asyncio.Lock()
        self._opening: Tunnel | None = None
        self._way: _Way | None = None
        self.closed_because = ""
        """Why the last link ended, in a sentence."""

    @property
    def link(self) -> PublicLink | None:
        """The link that is open, or None."""
        return self._way.link if self._way is not None and self._way.link.is_open() else None

    @property
    def opening(self) -> bool:
        """Whether one is being opened."""
        return self._opening is not None

    @property
    def kinds(self) -> list[TunnelKind]:
        """The tunnels to choose from."""
        return list(self._kinds())

    def jobs_of(self, owner: str) -> list[Job]:
        """A guest's jobs, in any thread: those that run and wait, then those that ended, the newest first."""
        return self._engine.jobs(owner)

    def leads_to(self, app: ASGIApp) -> None:
        """Say what guests come to: the whole application, which is made after this desk."""
        self._app = app

    async def open(self, order: ShareOrder) -> PublicLink:
        """Open the link. Takes as long as the tunnel does; when it fails nothing is left open.

        Raises:
            LinkBusy: there is one.
            InvalidRequest: no such provider, or it cannot use what it is told.
            TunnelFailed: the sentence says why.
        """
        self._refuse_second()
        async with self._changing:  # a link that is being closed is waited for
            self._refuse_second()
            await self._end(TIME_OVER)  # one whose time is over, although its timer has not come to it yet
            tunnel = await run_in_threadpool(self._tunnel, order)
            self._opening = tunnel
            self._tell()
            try:
                self._way = await self._opened(order, tunnel)
                self.closed_because = ""
            finally:
                self._opening = None
                self._tell()
            return self._way.link

    async def close(self, because: str = "It was closed.") -> None:
        """Close the link that is open, or give up opening one. Everybody is cut off when this returns."""
        if self._opening is not None:
            await run_in_threadpool(self._opening.close)
        async with self._changing:
            await self._end(because)

    async def closed(self) -> None:
        """Wait until the link that is open has been closed."""
        if self._way is not None:
            await self._way.ended.wait()

    async def end_guest(self, owner: str) -> None:
        """End the sessions and the jobs of one guest. Who has the password can come again, as somebody else.

        Raises:
            GuestNotFound: there is no such guest.
        """
        link = self.link
        if link is None or link.guests.remove(owner) is None:
            raise GuestNotFound("There is no such guest.", field="guest")
        self._sessions.close_owner(owner)
        if self._way is not None:
            self._way.entrance.cut_off(owner)
        await run_in_threadpool(self._cancel_jobs, owner)
        self._tell()

    def _refuse_second(self) -> None:
        if self.opening or self.link is not None:
            raise LinkBusy("A public link is open already.", hint="Close it first.")

    def _tunnel(self, order: ShareOrder) -> Tunnel:
        kinds = {kind.name: kind for kind in self._kinds()}
        if order.provider not in kinds:
            hint = f"There are {', '.join(kinds)}."
            raise InvalidRequest(f"There is no tunnel {order.provider[:60]!r}.", hint=hint, field="provider")
        return kinds[order.provider].make(order.options)

    async def _opened(self, order: ShareOrder, tunnel: Tunnel) -> "_Way":
        assert self._app is not None, "nothing to lead to"
        entrance = LinkEntrance(self._app)
        listener = LinkListener(entrance)
        try:
            port = await listener.open()
            opened = await run_in_threadpool(tunnel.open, port, self._open_seconds)
            lasts_s = None if order.minutes is None else order.minutes * 60
            link = PublicLink(opened.url, order.level, order.provider, lasts_s, order.jobs_per_guest)
            link.on_guest = lambda guest: self._came(link, guest)
            way = _Way(link, tunnel, listener, entrance)
            self._watch(way)
        except BaseException:
            await run_in_threadpool(tunnel.close)
            await listener.close()
            raise
        entrance.link = link
        return way

    def _watch(self, way: "_Way") -> None:
        """Close it when its tunnel is lost, or its time is over."""
        loop = asyncio.get_running_loop()

        def lost(why: str) -> None:
            loop.call_soon_threadsafe(self._lost, way, why)

        way.tunnel.on_lost(lost)
        way.timer = asyncio.create_task(self._close_in_time(way))

    async def _close_in_time(self, way: "_Way") -> None:
        while (left := way.link.seconds_left) != 0.0:
            await asyncio.sleep(LOOK_SECONDS if left is None else min(left, LOOK_SECONDS))
        way.timer = None
        await self._close_this(way, TIME_OVER)

    def _lost(self, way: "_Way", why: str) -> None:
        way.losing = asyncio.ensure_future(self._close_this(way, why))

    async def _close_this(self, way: "_Way", because: str) -> None:
        if self._way is way:
            await self.close(because)

    async def _end(self, because: str) -> None:
        """Nobody comes in from the first line on; streams are cut within a second."""
        way, self._way = self._way, None
        if way is None:
            return
        way.link.close()
        self.closed_because = because
        if way.timer is not None:
            way.timer.cancel()
        self._sessions.close_link(way.link.id)
        self._tell()
        await asyncio.sleep(LAST_WORDS_SECONDS)
        await way.listener.close()
        await run_in_threadpool(way.tunnel.close)
        for guest in way.link.guests.all():
            try:
                await run_in_threadpool(self._cancel_jobs, guest.owner)
            except StorageUnavailable as error:
                self.closed_because = f"{because} Jobs of {guest.name} could not be cancelled: {error.message}"
        way.ended.set()
        self._tell()

    def _came(self, link: PublicLink, guest: Guest) -> None:
        """In any thread: a guest may do no more than the link says, from the first request on."""
        self._engine.job_limits.allow(guest.owner, _limits(link))
        self._tell()

    def _cancel_jobs(self, owner: str) -> None:
        self._engine.job_limits.forget(owner)
        self._engine.cancel_owned(owner)

    def _tell(self) -> None:
        """Tell pages that something has changed, and no more than that: everybody's stream may carry it."""
        self._engine.hub.publish("share_changed", open=self.link is not None, at=time.time())


def _limits(link: PublicLink) -> JobLimits:
    """Who may do everything but administration may use the house's styles and lists of words, and begin series."""
    if link.level is Level.ALL:
        return JobLimits(in_all=link.jobs_per_guest, waiting=SERIES_JOBS, house_words=True)
    return JobLimits(in_all=link.jobs_per_guest)


class _Way:
    """What belongs to an open link."""

    def __init__(self, link: PublicLink, tunnel: Tunnel, listener: LinkListener, entrance: LinkEntrance) -> None:
        self.link = link
        self.tunnel = tunnel
        self.listener = listener
        self.entrance = entrance
        self.ended = asyncio.Event()
        self.timer: asyncio.Task[None] | None = None
        self.losing: asyncio.Future[None] | None = None
