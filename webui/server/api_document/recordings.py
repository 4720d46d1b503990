"""Recordings of walks, their views and exports, and the forward process."""

from typing import Annotated, Any, Literal

from webui.generation.request import GenerationRequest
from webui.generation.trajectory import Origin
from webui.server.api_document.described import JPEG, PNG, PNG_OR_JPEG, Described, File, Id, Shape, Strict, Theme
from webui.server.guard import MAX_RECORDING_BYTES
from webui.server.routes_forward import ForwardRequest

_FILE = File(("application/octet-stream",), "A safetensors file.", MAX_RECORDING_BYTES)
_LOOKS = (409, 503)
"""Errors of what the worker is asked for: the model is not here, or the worker is not."""


class PictureOfWalk(Shape):
    """A picture that walked; without an id where it was never finished."""

    row: int
    id: str | None
    url: str | None
    seed: int


class RecordingListed(Shape):
    """A recording in a list."""

    id: Annotated[str, Id]
    job: str
    created: float
    bytes: int
    pinned: bool
    complete: bool
    positions: int
    """How many steps were moved; positions go from 0 to this."""
    prompt: str
    pictures: list[PictureOfWalk]
    origin: Origin | None
    """Where it branched off."""
    width: int
    height: int


class Child(Shape):
    """A recording that goes on from this one."""

    id: str
    step: int
    picture: int
    created: float


class ModelOfWalk(Shape):
    """Which model walked."""

    name: str
    fingerprint: str
    family: str


class RecordingTold(RecordingListed):
    """All but the tensors."""

    children: list[Child]
    model_state: Literal["same", "changed", "gone"]
    notes: list[str]
    request: GenerationRequest
    model: ModelOfWalk
    device: str
    dtype: str
    passes: list[dict[str, Any]]
    sigmas: list[float]
    snr_db: list[float | None]
    timesteps: list[float]
    movement: list[float]
    latent: dict[str, int]
    guidance_recorded: bool


class Node(RecordingListed):
    """One of a tree of recordings."""

    changes: dict[str, list[Any]]
    """The fields in which its request differs from its parent's, with both values."""


class Family(Shape):
    """The tree, the oldest first."""

    nodes: list[Node]


class PinBody(Strict):
    """Whether it is kept whatever recordings take of the disk."""

    pinned: bool


class Kept(Shape):
    """The id of a recording that was taken in."""

    id: Annotated[str, Id]


class Removed(Shape):
    """What was removed."""

    removed: int
    freed_bytes: int


class Word(Shape):
    """A word of the prompt, and how much it counts for."""

    text: str
    index: int
    share: float


class Attention(Shape):
    """The words, and where the file with their maps is."""

    words: list[Word]
    columns: int
    width: int
    height: int
    notes: list[str]
    url: str


class ForwardBegun(Shape):
    """Noise was added level by level."""

    id: str
    levels: list[dict[str, Any]]
    """`position`, `sigma`, `snr_db`, `timestep`, and the `strength` that starts there."""
    psnr: float | None
    """Of the VAE's round trip, in decibels."""
    width: int
    height: int


_EXPORTS = File(("image/png", "application/zip", "image/gif", "image/webp", "video/mp4"))
_AT = "/api/v1/trajectories/{trajectory}"

RECORDINGS = Theme(
    name="Recordings",
    about="The steps of walks: looked at, exported, kept, removed.",
    routes={
        "GET /api/v1/trajectories": Described(answer=list[RecordingListed]),
        "POST /api/v1/trajectories": Described(answer=Kept, status=201, body=_FILE, problems=(507,)),
        "DELETE /api/v1/trajectories": Described(answer=Removed),
        f"GET {_AT}": Described(answer=RecordingTold),
        f"PATCH {_AT}": Described(answer=RecordingListed, body=PinBody, example={"pinned": True}),
        f"DELETE {_AT}": Described(answer=None, status=204),
        f"GET {_AT}/file": Described(answer=_FILE),
        f"GET {_AT}/family": Described(answer=Family),
        f"GET {_AT}/strips/{{view}}.png": Described(answer=PNG, problems=_LOOKS),
        f"GET {_AT}/steps/{{step}}/attention": Described(answer=Attention, problems=_LOOKS),
        f"GET {_AT}/steps/{{step}}/attention.png": Described(answer=PNG, problems=_LOOKS),
        f"GET {_AT}/steps/{{step}}/{{view}}.{{format_}}": Described(answer=PNG_OR_JPEG, problems=_LOOKS),
        f"GET {_AT}/export": Described(answer=_EXPORTS, problems=(*_LOOKS, 507)),
        "POST /api/v1/forward": Described(
            answer=ForwardBegun, status=201, body=ForwardRequest, problems=(404, *_LOOKS),
            example={"picture": "4f0c2b9f3f6c1a7d8e5b4c3d2e1f0a9b", "steps": 20},
        ),
        "GET /api/v1/forward/{forward}/{kind}.png": Described(answer=PNG, problems=_LOOKS),
        "GET /api/v1/forward/{forward}/levels/{level}.jpg": Described(answer=JPEG, problems=_LOOKS),
    },
)  # fmt: skip
