"""What the routes of journeys answer."""

from typing import Any, Literal

from webui.generation.journey import Journey, Stop
from webui.generation.request import GenerationRequest
from webui.server.api_document.described import Shape


class JourneyBody(Journey):
    """A journey, and what all of its frames share."""

    request: GenerationRequest = GenerationRequest()


class JourneyAccepted(Shape):
    """A journey that is on the disk."""

    id: str
    jobs: list[str]
    total: int


class JourneyListed(Shape):
    """A journey on its way from acceptance to its last frame."""

    id: str
    owner: str
    """Whose it is; empty for the house."""
    status: Literal["running", "cancelling", "done", "failed", "cancelled"]
    phase: Literal["measuring", "making"]
    """Quick pictures are measured first where the spacing is perceptual."""
    done: int
    total: int
    """Of pictures, those that only measure among them."""
    result: dict[str, Any]
    error: str | None
    hint: str
    created: float
    finished: float | None
    journey: JourneyBody
    """As it was made, with its seeds."""


class FrameTold(Shape):
    """A frame of a journey."""

    index: int
    position: float
    """1.25 is a quarter of the way from stop 1 to stop 2, counted from 0."""
    stop: int | None
    """Which stop it is; null between two."""
    image: str | None
    """The id of its picture, once it is made."""
    url: str | None


class JourneyTold(JourneyListed):
    """A journey with its frames in their order."""

    frames: list[FrameTold]
    """Empty while it is measured."""


class StopTold(Shape):
    """A picture as a stop."""

    stop: Stop
    request: GenerationRequest | None
    """All that made it; null where that is not known, and the stop starts from the picture itself."""
    strength: float | None
    """How much of the picture that it started from was made anew."""
