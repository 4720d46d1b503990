"""The routes that OpenAI's clients call, with `http://HOST/v1` as their base address."""

import asyncio
from base64 import b64encode
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from webui.access.principal import Principal
from webui.engine.engine import Engine
from webui.errors import PictureUnreadable
from webui.generation.request import GenerationRequest
from webui.library.inputs import Upload
from webui.model_manager.catalogue import ModelEntry
from webui.server.access.principals import principal_of
from webui.server.bodies import json_object
from webui.server.link_entrance import link_of
from webui.server.making import Made, make
from webui.server.openai_api.forms import PictureForm, picture_form
from webui.server.openai_api.problems import CANCELLED, Wrong, openai_route, problem_response
from webui.server.openai_api.streaming import Kind, PictureStream
from webui.server.openai_api.wishes import Wish, wish_of
from webui.server.untold_paths import UntoldPaths
from webui.server.waiting import Askers

VARIATION_STRENGTH = 0.6
"""How far a variation goes from its picture."""


def openai_router(engine: Engine) -> APIRouter:
    """The routes of pictures and models; everything else below `/v1` is told to be missing."""
    paths = UntoldPaths(engine.settings)
    router = APIRouter(prefix="/v1", route_class=openai_route(paths))
    _add_pictures(router, engine, paths)
    _add_models(router, engine)

    @router.api_route("/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def nothing(request: Request, rest: str) -> Response:
        return problem_response(404, f"Invalid URL ({request.method} {request.url.path})", code="unknown_url")

    return router


def _add_pictures(router: APIRouter, engine: Engine, paths: UntoldPaths) -> None:
    askers = Askers()

    async def made(request: Request, wish: Wish, generation: GenerationRequest, kind: Kind) -> Response:
        """Make it while the client waits; one that hangs up takes its job with it."""
        principal = principal_of(request)
        if wish.previews is not None:
            in_words = str if principal.sees_everything else paths.in_words
            stream = PictureStream(engine, kind, wish.previews, in_words)
            making = askers.run(request, lambda wanted: make(engine, generation, principal, wanted, stream.tell))
            return await stream.response(asyncio.create_task(making), generation)
        done = await askers.run(request, lambda wanted: make(engine, generation, principal, wanted))
        return await run_in_threadpool(_answer, engine, done, _address(request) if wish.by_url else None)

    @router.post("/images/generations")
    async def generations(request: Request) -> Response:
        """Pictures from a prompt."""
        values = await json_object(request)
        wish = await run_in_threadpool(wish_of, values, engine.catalogue)
        return await made(request, wish, wish.request(), "image_generation")

    @router.post("/images/edits")
    async def edits(request: Request) -> Response:
        """A picture made anew after a prompt: where the mask, or the picture itself, is transparent, else all of it."""
        form = await picture_form(request, takes_mask=True)
        wish = await run_in_threadpool(wish_of, form.values, engine.catalogue)
        generation = await run_in_threadpool(_edited, engine, wish, form, principal_of(request))
        return await made(request, wish, generation, "image_edit")

    @router.post("/images/variations")
    async def variations(request: Request) -> Response:
        """Pictures like a picture."""
        form = await picture_form(request, takes_mask=False)
        wish = await run_in_threadpool(lambda: wish_of(form.values, engine.catalogue, prompt_needed=False))
        upload = await run_in_threadpool(_take_in, engine, form.image, principal_of(request), "image")
        generation = wish.request_from(upload.id, (upload.width, upload.height), mask=None, strength=VARIATION_STRENGTH)
        return await made(request, wish, generation, "image_edit")


def _add_models(router: APIRouter, engine: Engine) -> None:
    @router.get("/models")
    def models() -> dict[str, Any]:
        """The checkpoints that can be used, the default one first."""
        entries = [entry for entry in engine.catalogue.entries() if entry.problem is None]
        return {"object": "list", "data": [_model(entry) for entry in entries]}

    @router.get("/models/{model:path}")
    def model(model: str) -> dict[str, Any]:
        """One checkpoint by its name."""
        return _model(engine.catalogue.find(model))


def _edited(engine: Engine, wish: Wish, form: PictureForm, principal: Principal) -> GenerationRequest:
    """The request for a picture that is edited. With a mask nothing is left of what is under it."""
    upload = _take_in(engine, form.image, principal, "image")
    if form.mask is not None:
        mask = _take_in(engine, form.mask, principal, "mask").id
        if not _is_see_through(engine, mask):
            raise Wrong("mask: nothing in it is transparent, so nothing would change.", param="mask",
                        code="invalid_mask_image")  # fmt: skip
    else:
        mask = upload.id if _is_see_through(engine, upload.id) else None
    size = upload.width, upload.height
    if mask is None:
        return wish.request_from(upload.id, size, mask=None)
    return wish.request_from(upload.id, size, mask=mask, strength=1.0)


def _take_in(engine: Engine, content: bytes, principal: Principal, param: str) -> Upload:
    try:
        return engine.keep_picture(content, principal.owner)
    except PictureUnreadable as error:
        raise PictureUnreadable(f"{param}: {error.message}", hint=error.hint, field=param) from error


def _is_see_through(engine: Engine, picture: str) -> bool:
    image = engine.inputs.open(picture)
    return image.mode == "RGBA" and image.getchannel("A").getextrema() != (255, 255)


def _answer(engine: Engine, made: Made, address: str | None) -> Response:
    if not made.pictures:
        return problem_response(400, CANCELLED, code="cancelled")
    first = made.pictures[0]
    told = {
        "created": int(made.job.created),
        "background": "opaque",
        "output_format": "png",
        "size": f"{first.width}x{first.height}",
        "data": [
            {"b64_json": b64encode(engine.library.read(picture.id)).decode()}
            if address is None
            else {"url": f"{address}/api/v1/images/{picture.id}"}
            for picture in made.pictures
        ],
    }
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


def _address(request: Request) -> str:
    """By what address this server is reached."""
    link = link_of(request.scope)
    return (link.url if link is not None else str(request.base_url)).rstrip("/")


def _model(entry: ModelEntry) -> dict[str, Any]:
    return {"id": entry.name, "object": "model", "created": entry.changed_ns // 10**9, "owned_by": "darkroom"}
