"""Pictures that were made, those that are brought, and films."""

from typing import Annotated, Any, Literal

from pydantic import Field

from webui.generation.request import GenerationRequest
from webui.server.api_document.described import PNG, Described, File, Id, Shape, Strict, Theme
from webui.server.guard import MAX_UPLOAD_BYTES
from webui.server.reading_desk import ReadBody

_UPLOAD = File(
    ("image/png", "image/jpeg", "image/webp", "image/avif", "image/gif", "image/bmp", "image/tiff"),
    "The file itself, whatever its content type says.", MAX_UPLOAD_BYTES,
)  # fmt: skip


class Listed(Shape):
    """A picture in a list."""

    id: Annotated[str, Id]
    url: str
    job: str
    created: float
    width: int
    height: int
    seed: int
    infotext: str
    path: str | None
    """Where it is, for administrators alone."""
    saved: bool
    """Whether it is a file; else the disk would not take it, and it is in memory."""
    film: str
    """The address of the film that it is the first frame of; empty without one."""
    trajectory: str
    """The recording of its walk; empty without one."""
    row: int


class Parameters(Shape):
    """What a picture was made with."""

    infotext: str
    request: GenerationRequest
    path: str | None
    saved: bool


class RecordingOf(Shape):
    """A recording, and the number of the picture in it."""

    trajectory: Annotated[str, Id]
    row: int


class Uploaded(Shape):
    """A picture that was taken in."""

    id: Annotated[str, Id]
    width: int
    height: int
    notes: list[str]
    infotext: str | None
    fields: dict[str, Any] | None
    field_notes: list[str]
    recording: RecordingOf | None


class PreprocessBody(Strict):
    """Which preprocessor of an extension, and its settings."""

    name: Annotated[str, Field(max_length=200)]
    values: dict[str, Any] = Field(default_factory=dict)


class Preprocessed(Shape):
    """What it made of the picture, kept as a picture."""

    id: Annotated[str, Id]
    width: int
    height: int


class LabelRead(Shape):
    """A possible answer, and how likely it is."""

    label: str
    score: float
    """From 0 to 1; those of all labels sum to one."""


class AttributeReadTold(LabelRead):
    """What is asked of a picture, with the likeliest answer and, in `labels`, the likeliest ones in order."""

    name: str
    labels: list[LabelRead]


class ReadingTold(Shape):
    """What a reader says of a picture."""

    reader: str
    kind: Literal["caption", "clip", "attributes"]
    sentence: str
    attributes: list[AttributeReadTold]
    """Empty of a reader that writes a sentence."""
    tags: str
    """The answers, parted by commas."""


class ReaderTold(Shape):
    """A reader."""

    name: str
    kind: Literal["caption", "clip", "attributes"]
    problem: str | None
    """Why it cannot be used."""


class ReadersTold(Shape):
    """The readers that are here."""

    readers: list[ReaderTold]
    default: str | None
    missing: str
    """What to do where there is none; empty where there is one."""


PICTURES = Theme(
    name="Pictures",
    about="Pictures by the hash of their bytes: what an address gives never changes.",
    routes={
        "GET /api/v1/images": Described(answer=list[Listed]),
        "GET /api/v1/images/{picture}": Described(answer=PNG),
        "GET /api/v1/images/{picture}/parameters": Described(answer=Parameters),
        "GET /api/v1/images/{picture}/trajectory": Described(answer=RecordingOf),
        "GET /api/v1/films/{picture}": Described(answer=File(("video/mp4",))),
        "POST /api/v1/pictures": Described(answer=Uploaded, status=201, body=_UPLOAD, problems=(507,)),
        "GET /api/v1/pictures/{picture}": Described(answer=PNG),
        "GET /api/v1/interrogate": Described(answer=ReadersTold),
        "POST /api/v1/interrogate": Described(
            answer=ReadingTold, body=ReadBody, problems=(404, 503),
            example={"picture": "4f0c2b9f3f6c1a7d8e5b4c3d2e1f0a9b"},
        ),
        "POST /api/v1/pictures/{picture}/preprocess": Described(
            answer=Preprocessed, status=201, body=PreprocessBody, problems=(503, 507),
            example={"name": "film_grain/grain", "values": {"amount": 0.4}},
        ),
    },
)  # fmt: skip
