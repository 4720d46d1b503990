"""The explorer of latent space: maps, lines, neighbours, and the pictures there."""

from typing import Annotated, Any

from webui.generation.blend import Blend
from webui.generation.request import GenerationRequest
from webui.server.api_document.described import JPEG, PNG, Described, File, Id, Shape, Theme
from webui.server.api_document.journeys import (
    JourneyAccepted,
    JourneyBody,
    JourneyListed,
    JourneyTold,
    StopTold,
)
from webui.server.explore_bodies import (
    BeyondBody,
    ExpressionBody,
    IdeasBody,
    NeighboursBody,
    PicturesBody,
    VectorBody,
    WeightsBody,
)
from webui.server.journey_bodies import StopBody
from webui.server.latent_bodies import DistanceBody, LatentsBody, NearestBody

_LOOKS = (404, 409, 503)
"""Errors of what the worker is asked for: no such model, it is not here, or the worker is not."""
_BOAT, _CITY, _OWL = "a sailboat on the sea", "a city at night", "an owl"
_PICTURE = "4f0c2b9f3f6c1a7d8e5b4c3d2e1f0a9b"
_SHARED = {"seed": 7, "steps": 20}
_MAP = {
    "ideas": [
        {"prompt": _BOAT, "x": -1, "y": -1},
        {"prompt": _CITY, "x": 1, "y": -1},
        {"prompt": _OWL, "x": 0, "y": 1},
    ],
    "weighing": "barycentric",
    "request": _SHARED,
}
_JOURNEY = {
    "stops": [{"prompt": _BOAT, "seed": 7, "frames": 12}, {"prompt": _CITY, "seed": 8, "frames": 12}],
    "easing": "smooth",
    "loop": True,
    "request": {"steps": 20},
}
_ARITHMETIC = {"text": 'A + 0.8 * ("night" - "day")', "names": {"A": _BOAT}}


class IdeasTold(Shape):
    """Prompts on a plane, and how they lie to each other."""

    places: list[tuple[float, float]]
    """From -1 to 1, right and up."""
    explained: float | None
    """Which share of the variance the plane shows; null for UMAP."""
    dimensions: int
    tokens: int
    norms: list[float]
    distances: list[list[float]]
    similarities: list[list[float]]


class PointTold(Shape):
    """A point of a map."""

    weights: list[float]
    """One for each idea; of a place they sum to one."""
    inside: bool
    """In the ideas' convex hull; of weights, that all are from 0 to 1."""
    request: GenerationRequest


class PointsTold(Shape):
    """Points of a map in the order in which they were asked for."""

    points: list[PointTold]


class Near(Shape):
    """A prompt, seen from a vector."""

    prompt: str
    distance: float
    similarity: float


class WordNear(Shape):
    """A word of the model's vocabulary, seen from a vector."""

    word: str
    similarity: float


class VectorTold(Shape):
    """What the network is told in the place of a prompt."""

    dimensions: int
    tokens: int
    norm: float
    ideas: list[Near]
    nearest: list[WordNear]


class StatisticOfLatents(Shape):
    """What a figure of the last latents is in normal pictures."""

    name: str
    mean: float
    deviation: float


class NormalTold(Shape):
    """The normal range of a model's pictures."""

    edge: float
    """The strangeness that 99 % of normal pictures do not reach."""
    pictures: int
    """Of how many it was measured."""
    statistics: list[StatisticOfLatents]


class PointPictureTold(Shape):
    """A picture that was made at a point."""

    url: str
    seed: int
    width: int
    height: int
    lost: bool
    """Its latents stopped being numbers on the way: the picture is black."""
    strangeness: float | None
    """How far its latents are from normal ones; null while that range is not known."""
    statistics: dict[str, float]


class PicturesTold(Shape):
    """Pictures that were made together."""

    id: Annotated[str, Id]
    pictures: list[PointPictureTold]


class ExpressionTold(Shape):
    """What an expression means."""

    blend: Blend
    text: str
    """The same, multiplied out."""


class LineTold(Shape):
    """Places on a line, in the order of the factors."""

    requests: list[GenerationRequest]
    texts: list[str]


class RequestsTold(Shape):
    """A request for each picture."""

    requests: list[GenerationRequest]


class DistanceTold(Shape):
    """How far two tensors lie apart."""

    euclidean: float
    """The length of their difference."""
    rms: float
    """The root of its mean square: it does not grow with the picture's size."""
    cosine: float
    """Of the angle between them: 1 in the same direction, 0 at a right angle."""


class PicturesDistanceTold(DistanceTold):
    """How far two pictures lie apart in latent space."""

    channels: list[DistanceTold]


class ChannelTold(Shape):
    """A channel of latents."""

    mean: float
    deviation: float
    kurtosis: float
    """The excess over a normal distribution's."""
    high_frequencies: float
    """Their share of the energy."""
    least: float
    greatest: float
    low: float
    """What is black in the channel's picture, and below."""
    high: float
    """What is white in the channel's picture, and above."""
    histogram: list[int]


class LatentsTold(Shape):
    """A picture's latents, after the edits."""

    id: Annotated[str, Id]
    model: str
    notes: list[str]
    source: dict[str, Any]
    """What was looked at, with the size that was chosen."""
    width: int
    height: int
    latent_width: int
    latent_height: int
    latent_scale: int
    """Pixels that a latent covers along a side."""
    columns: int
    """Of the picture of the channels."""
    histogram_low: float
    histogram_high: float
    channels: list[ChannelTold]
    moved: DistanceTold
    """How far the edits led."""
    picture_url: str
    channels_url: str


class NearLatents(DistanceTold):
    """A picture that lies near."""

    picture: Annotated[str, Id]
    url: str


class NearestTold(Shape):
    """Pictures by their distance, the nearest first."""

    nearest: list[NearLatents]
    compared: int


EXPLORING = Theme(
    name="Explorer",
    about="Latent space as a place: maps of ideas, lines beyond them, and neighbours of pictures.",
    routes={
        "POST /api/v1/explore/ideas": Described(
            answer=IdeasTold, body=IdeasBody, problems=_LOOKS, example={"prompts": [_BOAT, _CITY, _OWL]},
        ),
        "POST /api/v1/explore/weights": Described(
            answer=PointsTold, body=WeightsBody, example={"map": _MAP, "at": [[0.1, -0.4]]},
        ),
        "POST /api/v1/explore/vector": Described(
            answer=VectorTold, body=VectorBody, problems=_LOOKS,
            example={"request": {"prompt": _BOAT}, "ideas": [_CITY, _OWL]},
        ),
        "GET /api/v1/explore/normal": Described(answer=NormalTold, problems=_LOOKS),
        "POST /api/v1/explore/expression": Described(answer=ExpressionTold, body=ExpressionBody, example=_ARITHMETIC),
        "POST /api/v1/explore/beyond": Described(
            answer=LineTold, body=BeyondBody,
            example={"request": _SHARED, "base": "A", "direction": '"night" - "day"', "factors": [-1, 0, 1.5],
                     "names": {"A": _BOAT}},
        ),
        "POST /api/v1/explore/neighbours": Described(
            answer=RequestsTold, body=NeighboursBody,
            example={"request": {"prompt": _BOAT, **_SHARED}, "spread": 0.2, "count": 8, "round": 0},
        ),
        "POST /api/v1/explore/pictures": Described(
            answer=PicturesTold, body=PicturesBody, problems=_LOOKS,
            example={"requests": [{"prompt": _BOAT, **_SHARED}, {"prompt": _OWL, **_SHARED}]},
        ),
        "GET /api/v1/explore/pictures/{points}/{index}.jpg": Described(answer=JPEG, problems=_LOOKS),
        "POST /api/v1/explore/journeys": Described(
            answer=JourneyAccepted, status=202, body=JourneyBody, problems=(404, 507), example=_JOURNEY,
        ),
        "GET /api/v1/explore/journeys": Described(answer=list[JourneyListed]),
        "POST /api/v1/explore/journeys/stop": Described(
            answer=StopTold, body=StopBody, example={"picture": _PICTURE},
        ),
        "GET /api/v1/explore/journeys/{series}": Described(answer=JourneyTold),
        "DELETE /api/v1/explore/journeys/{series}": Described(answer=JourneyListed),
        "GET /api/v1/explore/journeys/{series}/film": Described(
            answer=File(("video/mp4", "image/webp", "image/gif", "application/zip")), problems=(507,),
        ),
        "POST /api/v1/explore/latents": Described(
            answer=LatentsTold, status=201, body=LatentsBody, problems=_LOOKS,
            example={"source": {"kind": "picture", "picture": _PICTURE},
                     "edits": [{"kind": "scale", "channel": 0, "factor": 1.5}, {"kind": "blur", "sigma": 1.0}]},
        ),
        "POST /api/v1/explore/latents/distance": Described(
            answer=PicturesDistanceTold, body=DistanceBody, problems=_LOOKS,
            example={"one": {"kind": "picture", "picture": _PICTURE},
                     "other": {"kind": "recording", "trajectory": _PICTURE[::-1], "picture": 0}},
        ),
        "POST /api/v1/explore/latents/nearest": Described(
            answer=NearestTold, body=NearestBody, problems=_LOOKS, example={"picture": _PICTURE, "count": 6},
        ),
        "GET /api/v1/explore/latents/{latents}/{kind}.png": Described(answer=PNG, problems=_LOOKS),
    },
)  # fmt: skip
