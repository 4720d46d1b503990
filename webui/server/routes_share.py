"""`/api/v1/share`: opening the public link, closing it, and who has come by it. For administrators alone."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from webui.server.bodies import json_object
from webui.server.share_desk import ShareDesk
from webui.server.share_json import share_json
from webui.sharing.share_order import ShareOrder


def share_router(desk: ShareDesk) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api/v1/share", dependencies=[Depends(_not_kept)])

    @router.get("")
    async def state() -> dict[str, Any]:
        """Whether a link is open, and if so its address, password, QR code, end and guests with what they make."""
        return await run_in_threadpool(share_json, desk)

    @router.post("", status_code=201)
    async def open_link(request: Request) -> dict[str, Any]:
        """Open the link; answered when it is open, or with the sentence why it cannot be, within seconds."""
        await desk.open(ShareOrder.from_json(await json_object(request)))
        return await run_in_threadpool(share_json, desk)

    @router.delete("")
    async def close_link() -> dict[str, Any]:
        """Close the link, or give up opening one. Guests are cut off when this is answered."""
        await desk.close()
        return await run_in_threadpool(share_json, desk)

    @router.delete("/guests/{guest}")
    async def end_guest(guest: str) -> dict[str, Any]:
        """End one guest's sessions and jobs."""
        await desk.end_guest(guest)
        return await run_in_threadpool(share_json, desk)

    return router


def _not_kept(response: Response) -> None:
    """What is answered has the password in it."""
    response.headers["Cache-Control"] = "no-store"
