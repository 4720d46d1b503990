"""How much of requests' bodies is in memory at one time: many large ones at once would take all of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive


class BodyFlow:
    """Counts the bytes of all bodies whose requests are not answered yet. Used on the event loop alone.

    Args:
        most: how many bytes there may be.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._now = 0

    @contextmanager
    def counted(self, receive: Receive, limit: int) -> Iterator[Receive]:
        """The same messages, counted as they come in, as a body sent in chunks does not tell its length.

        Args:
            receive: where they come from.
            limit: how many bytes this body may have.

        Raises (the `Receive` that it gives):
            HTTPException: 413, this body is too large; 429, there is too much of all of them.
        """
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            size = len(message.get("body", b""))
            seen += size
            self._now += size
            if seen > limit:
                raise HTTPException(413)
            if self._now > self._most:
                raise HTTPException(429, "Too much is being sent at once. Try again in a moment.")
            return message

        try:
            yield counted
        finally:
            self._now -= seen
