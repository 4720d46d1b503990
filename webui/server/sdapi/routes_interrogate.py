"""The route that describes a picture, for A1111's two ways of it: a sentence ("clip"), or tags ("deepdanbooru")."""

from fastapi import APIRouter, Request, Response

from webui.engine.looks import Wanted
from webui.readers.shelf import NOTHING_HERE, WHAT_TO_DO, ReaderEntry, ReaderKind
from webui.server.access.principals import principal_of
from webui.server.reading_desk import ReadBody, ReadingDesk
from webui.server.sdapi.bodies import Interrogate
from webui.server.sdapi.errors import Refused, answer
from webui.server.sdapi.received_pictures import ReceivedPictures
from webui.server.sdapi.response_models import Caption
from webui.server.waiting import Askers

SENTENCES, TAGS = ("clip", "blip"), ("deepdanbooru", "deepbooru")
"""A1111's names for who answers how. Any reader's own name is taken too, and answers in a sentence."""


def interrogate_router(received: ReceivedPictures, desk: ReadingDesk, askers: Askers) -> APIRouter:
    """The route; `askers` wait for the worker."""
    router = APIRouter(tags=["extras"])

    @router.post("/interrogate", response_model=Caption)
    async def interrogate(request: Request, posted: Interrogate) -> Response:
        """Describe a picture."""
        if not posted.image.strip():
            raise Refused(404, "Image not found")
        principal = principal_of(request)

        def read(wanted: Wanted) -> str:
            entry, in_tags = _chosen(posted.model, desk.readers())
            picture = received.keep(posted.image, principal, field="image")
            told = desk.read(ReadBody(picture=picture, reader=entry.name), principal.owner, wanted)
            return (told["tags"] if in_tags else "") or told["sentence"]

        return answer({"caption": await askers.run(request, read)})

    return router


def _chosen(model: str, entries: list[ReaderEntry]) -> tuple[ReaderEntry, bool]:
    """The reader for a name, and whether it answers in tags.

    For tags one that knows labels is taken before one that writes sentences.

    Raises:
        Refused: there is none.
    """
    usable = [entry for entry in entries if entry.problem is None]
    name = model.strip().casefold()
    own = next((entry for entry in entries if entry.name.casefold() == name), None)
    if own is not None:
        return own, False
    if name not in (*SENTENCES, *TAGS):
        known = ", ".join((SENTENCES[0], TAGS[0], *(entry.name for entry in usable)))
        raise Refused(404, f"Model not found: there is no reader '{model[:40]}'. There are: {known[:200]}.")
    if not usable:
        raise Refused(404, f"Model not found: {NOTHING_HERE} {WHAT_TO_DO}")
    if name in TAGS:
        labelling = (entry for entry in usable if entry.kind is not ReaderKind.CAPTION)
        return next(labelling, usable[0]), True
    return usable[0], False
