"""`--share`: the public link that is opened when the server begins."""

import sys
from datetime import datetime

from webui.errors import StartFailed, WebUIError
from webui.server.share_desk import ShareDesk
from webui.settings import Settings
from webui.sharing import gradio_tunnel, ssh_tunnel
from webui.sharing.public_link import Level, PublicLink
from webui.sharing.share_order import ShareOrder
from webui.sharing.ssh_place import SshPlace, as_options


def order_at_start(settings: Settings) -> ShareOrder | None:
    """The link that the settings ask for; None where they ask for none.

    Raises:
        StartFailed: there can be no such link.
    """
    if not settings.share:
        return None
    provider, colon, place = settings.share.partition(":")
    try:
        options = as_options(place, settings.share_key) if provider == ssh_tunnel.NAME else {}
        if options:
            SshPlace.from_json(options)
        elif colon:
            raise StartFailed(f"Only {ssh_tunnel.NAME} is told where it leads.", field="share")
        return ShareOrder(
            provider or gradio_tunnel.NAME,
            minutes=settings.share_minutes or None,
            level=Level(settings.share_level),
            jobs_per_guest=settings.share_jobs or None,
            options=options,
        )
    except WebUIError as error:
        hint = error.hint or "Give --share gradio, or --share ssh:USER@HOST or ssh:USER@HOST:PORT."
        raise StartFailed(f"There can be no such public link: {error.message}", hint=hint, field="share") from error


async def share_at_start(desk: ShareDesk, order: ShareOrder) -> None:
    """Open it, print what guests need, and tell when it ends; the server goes on without it where it cannot be."""
    try:
        link = await desk.open(order)
    except WebUIError as error:
        print(f"The public link was not opened: {error}", file=sys.stderr, flush=True)
        return
    print(f"Shared {_until(link)} at {link.url}  with the password {link.password}", flush=True)
    if not link.secure:
        print("This link is without encryption: others on the way can read the password and the pictures.", flush=True)
    await desk.closed()
    print(f"The public link is closed. {desk.closed_because}", flush=True)


def _until(link: PublicLink) -> str:
    if link.ends is None:
        return "until this program ends"
    return f"until {datetime.fromtimestamp(link.ends).astimezone():%H:%M on %d %B}"
