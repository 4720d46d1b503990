"""Pictures while they come to be: OpenAI's streamed answers, whose partial images are previews of the walk."""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from webui.engine.engine import Engine
from webui.errors import WebUIError
from webui.generation.request import GenerationRequest
from webui.server.making import Made
from webui.server.openai_api.problems import CANCELLED

Kind = Literal["image_generation", "image_edit"]
Queue = asyncio.Queue[Mapping[str, Any] | None]
_NO_USAGE = {
    "input_tokens": 0, "output_tokens": 0, "total_tokens": 0,
    "input_tokens_details": {"text_tokens": 0, "image_tokens": 0},
}  # fmt: skip
"""Clients expect it; nothing is counted here."""


@dataclass
class PictureStream:
    """One picture on its way.

    Args:
        engine: has the previews.
        kind: how the events are called.
        partial_images: how many previews are sent at most.
        in_words: what is told of a sentence that says what went wrong.
    """

    engine: Engine
    kind: Kind
    partial_images: int
    in_words: Callable[[str], str]
    _queue: Queue = field(default_factory=asyncio.Queue)
    _sent: int = 0

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def tell(self, event: Mapping[str, Any]) -> None:
        """Hear of an event of the job, in any thread."""
        self._loop.call_soon_threadsafe(self._queue.put_nowait, event)

    async def response(self, making: "asyncio.Task[Made]", request: GenerationRequest) -> StreamingResponse:
        """The answer, as soon as the job is accepted.

        Raises:
            WebUIError: it was not.
        """
        making.add_done_callback(self._ended)
        first = await self._queue.get()
        if first is None:
            making.result()
        said = {
            "size": f"{request.width}x{request.height}", "quality": "auto", "background": "opaque",
        }  # fmt: skip
        return StreamingResponse(
            self._events(making, said), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    def _ended(self, making: "asyncio.Task[Made]") -> None:
        if not making.cancelled():
            making.exception()  # which nobody may ask for any more, when the client has hung up
        self._queue.put_nowait(None)

    async def _events(self, making: "asyncio.Task[Made]", said: Mapping[str, Any]) -> AsyncIterator[bytes]:
        while (event := await self._queue.get()) is not None:
            preview = self._due(event)
            if preview is not None:
                yield self._event("partial_image", said, preview, "jpeg", partial_image_index=self._sent - 1)
        try:
            pictures = making.result().pictures
        except WebUIError as error:
            yield _failure(self.in_words(str(error)))
            return
        for picture in pictures:
            png = await run_in_threadpool(self.engine.library.read, picture.id)
            yield self._event("completed", said, png, "png", usage=_NO_USAGE)
        if not pictures:
            yield _failure(CANCELLED)

    def _due(self, event: Mapping[str, Any]) -> bytes | None:
        """The preview of a step at which one is to be sent: they are spread evenly over the walk."""
        if event["type"] != "step_done":
            return None
        due = min(self.partial_images, event["index"] * (self.partial_images + 1) // event["total"])
        preview = self.engine.frames.get(event["job"], event["batch"], event["index"], 0)
        if due <= self._sent or preview is None:
            return None
        self._sent += 1
        return preview

    def _event(self, name: str, said: Mapping[str, Any], file: bytes, format_: str, **more: Any) -> bytes:
        kind = f"{self.kind}.{name}"
        file_said = {"b64_json": b64encode(file).decode(), "output_format": format_}
        return _frame(kind, {"type": kind, "created_at": int(time.time()), **said, **file_said, **more})


def _failure(message: str) -> bytes:
    return _frame("error", {"error": {"message": message, "type": "server_error", "param": None, "code": None}})


def _frame(name: str, values: Mapping[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(values)}\n\n".encode()
