"""The public link as the API tells it to administrators."""

import time
from datetime import UTC, datetime
from typing import Any

from webui.server.share_desk import ShareDesk
from webui.sharing.guests import Guest
from webui.sharing.public_link import Level, PublicLink
from webui.sharing.share_order import DEFAULT_JOBS, DEFAULT_MINUTES, DURATIONS

MAX_GUEST_JOBS = 20
"""How many of a guest's jobs are listed."""


def share_json(desk: ShareDesk) -> dict[str, Any]:
    """Everything about the link; blocks for a moment, as jobs are looked up."""
    link = desk.link
    state = "open" if link is not None else "opening" if desk.opening else "closed"
    told = {
        "state": state,
        "closed_because": desk.closed_because,
        "providers": [{"name": kind.name, "label": kind.label} for kind in desk.kinds],
        "levels": [str(level) for level in Level],
        "durations": [*DURATIONS, None],
        "defaults": {"minutes": DEFAULT_MINUTES, "level": str(Level.GENERATE), "jobs_per_guest": DEFAULT_JOBS},
    }
    return told if link is None else told | _link_json(desk, link)


def _link_json(desk: ShareDesk, link: PublicLink) -> dict[str, Any]:
    return {
        "id": link.id,
        "url": link.url,
        "encrypted": link.secure,
        "password": link.password,
        "qr": qr_code(link),
        "provider": link.provider,
        "level": str(link.level),
        "jobs_per_guest": link.jobs_per_guest,
        "opened": _when(link.opened),
        "ends": None if link.ends is None else _when(link.ends),
        "seconds_left": link.seconds_left,
        "guests": [_guest_json(desk, guest) for guest in link.guests.all()],
    }


def _guest_json(desk: ShareDesk, guest: Guest) -> dict[str, Any]:
    jobs = desk.jobs_of(guest.owner)
    return {
        "id": guest.owner,
        "name": guest.name,
        "since": _when(guest.since),
        "seen": _when(time.time() if guest.requests else guest.seen),
        "here": guest.requests > 0,
        "jobs_in_all": len(jobs),
        "jobs": [
            {"id": job.id, "status": str(job.status), "prompt": job.request.prompt[:500]}
            for job in jobs[:MAX_GUEST_JOBS]
        ],
    }


def qr_code(link: PublicLink) -> str:
    """The link as SVG text for a phone's camera, with the password where only the login page's script reads it.

    What stands behind # is never sent over the net.
    """
    import segno  # when a link is open; most servers never have one

    code = segno.make(f"{link.url}/login#key={link.password}", error="m", micro=False)
    return code.svg_inline(scale=4, border=3, dark="#000", light="#fff")


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
