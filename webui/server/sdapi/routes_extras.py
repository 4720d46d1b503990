"""Routes about given pictures: enlarge them, read their parameters."""

import base64
from html import escape

from fastapi import APIRouter, Request, Response

from webui.engine.looks import Wanted
from webui.errors import InvalidRequest, PictureUnreadable
from webui.server.access.principals import principal_of
from webui.server.sdapi.bodies import ExtraBatchImages, Extras, ExtraSingleImage, PngInfo
from webui.server.sdapi.enlarging import check_extras, enlarged_file
from webui.server.sdapi.errors import answer
from webui.server.sdapi.extension_upscalers import ExtensionUpscalers
from webui.server.sdapi.png_info import told_of
from webui.server.sdapi.received_pictures import ReceivedPictures
from webui.server.sdapi.response_models import ExtraBatchAnswer, ExtraSingleAnswer, PngInfoAnswer
from webui.server.waiting import Askers


def extras_router(received: ReceivedPictures, upscalers: ExtensionUpscalers, askers: Askers) -> APIRouter:
    """The routes of given pictures; `askers` wait for them."""
    router = APIRouter(tags=["extras"])

    def enlarged(request: Request, told: str, wanted: Extras, field: str, still_wanted: Wanted) -> tuple[str, str]:
        """A picture enlarged, in base64, and what was done."""
        content = received.file(told, field=field)
        try:
            png, said = enlarged_file(content, wanted, upscalers.asked_by(principal_of(request), still_wanted))
        except PictureUnreadable as error:
            raise InvalidRequest(f"{field}: {error.message}", hint=error.hint, field=field) from error
        return base64.b64encode(png).decode("ascii"), said

    @router.post("/extra-single-image", response_model=ExtraSingleAnswer)
    async def single(request: Request, posted: ExtraSingleImage) -> Response:
        """Enlarge a picture."""
        check_extras(posted)
        image, said = await askers.run(request, lambda wanted: enlarged(request, posted.image, posted, "image", wanted))
        return answer({"html_info": _html(said), "image": image})

    @router.post("/extra-batch-images", response_model=ExtraBatchAnswer)
    async def batch(request: Request, posted: ExtraBatchImages) -> Response:
        """Enlarge several pictures alike."""
        check_extras(posted)

        def work(wanted: Wanted) -> list[tuple[str, str]]:
            given = (file.data for file in posted.imageList if wanted())  # nobody waits: nothing more is made
            return [enlarged(request, each, posted, "imageList", wanted) for each in given]

        made = await askers.run(request, work)
        return answer({"html_info": _html(made[0][1] if made else ""), "images": [image for image, _ in made]})

    @router.post("/png-info", response_model=PngInfoAnswer)
    def png_info(posted: PngInfo) -> Response:
        """What a picture file says of how it was made."""
        if not posted.image.strip():
            return answer({"info": "", "items": {}, "parameters": {}})
        return answer(told_of(received.file(posted.image, field="image")))

    return router


def _html(said: str) -> str:
    return f"<p>{escape(said)}</p>" if said else ""
