"""Questions to the worker about recordings and pictures, as they travel over the pipe. Pure data; no torch."""

import hashlib
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from webui.engine.messages import MalformedMessage
from webui.generation.extras import JsonScalar
from webui.generation.latent_edits import LatentEdits
from webui.generation.limits import MAX_SEED, RANDOM_SEED, Prompt
from webui.generation.request import Emphasis, GenerationRequest
from webui.generation.trajectory import MAX_CALLS
from webui.generation.ways import PictureId, TrajectoryId

Wanted = Callable[[], bool]
"""Whether somebody still waits for an answer; asked now and then by whoever works on it."""


def always() -> bool:
    """Somebody waits."""
    return True


StripView = Literal["xt", "x0", "delta", "noise", "channels", "guidance"]
"""What can be shown of every position at once, without the model."""

StepView = Literal["xt", "x0", "guidance"]
"""What can be shown of one position with the model's help."""

_Row = Annotated[int, Field(ge=0, le=7)]
_Position = Annotated[int, Field(ge=0, le=MAX_CALLS)]


class _Question(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @property
    def needs_model(self) -> str | None:
        """The model that must be loaded for the answer, or None where none is needed."""
        return getattr(self, "model", None)

    @property
    def key(self) -> str:
        """A name for the answer: equal questions have the same one."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:32]


class _WithModel(_Question):
    """`model` is that which answers, `weights` their fingerprint, so that other weights are another question."""

    model: Annotated[str, Field(max_length=500)]
    weights: Annotated[str, Field(max_length=64)] = ""


class LookStrip(_Question):
    """A view of all positions of one picture of a recording. Answer: a PNG, with `columns`, `rows`, `cells`."""

    kind: Literal["strip"] = "strip"
    trajectory: TrajectoryId
    picture: _Row = 0
    view: StripView


class LookStep(_WithModel):
    """One position at its full size. Answer: a picture file of the format, with `width`, `height`."""

    kind: Literal["step"] = "step"
    trajectory: TrajectoryId
    picture: _Row = 0
    step: _Position
    view: StepView
    format: Literal["png", "jpg"] = "png"


WordView = Literal["attention", "influence"]
"""Where the network looks for a word, or what it would say otherwise where the word were not there."""


class LookAttention(_WithModel):
    """What the words do in the call that follows a position.

    Answer: a PNG of grey maps in rows of `columns`, and `words`.
    """

    kind: Literal["attention"] = "attention"
    trajectory: TrajectoryId
    picture: _Row = 0
    step: _Position
    of: WordView = "attention"


class LookForward(_WithModel):
    """The forward process on a picture: noise added level by level, in pixels and in latents.

    Answer: five PNG files (pixels, latents, original, roundtrip, difference), and `levels`, `psnr`.
    """

    kind: Literal["forward"] = "forward"
    picture: PictureId
    width: int = Field(ge=64, le=2048, multiple_of=8)
    height: int = Field(ge=64, le=2048, multiple_of=8)
    steps: int = Field(ge=1, le=150)
    sampler: Annotated[str, Field(max_length=100)]
    schedule: Annotated[str, Field(max_length=100)]
    seed: int = Field(ge=0, le=MAX_SEED)


class LookForwardLevel(_Question):
    """One level of a forward process decoded by the VAE. Answer: a JPEG."""

    kind: Literal["forward-level"] = "forward-level"
    forward: LookForward
    level: int = Field(ge=0, le=150)

    @property
    def needs_model(self) -> str | None:
        """That of the forward process."""
        return self.forward.model


class LookPreprocess(_Question):
    """A picture as an extension's preprocessor prepares it. Answer: a PNG, and `width`, `height`.

    `values` are for its controls; `version` tells apart what the extension's files would make of it.
    """

    kind: Literal["preprocess"] = "preprocess"
    picture: PictureId
    name: Annotated[str, Field(max_length=100)]
    values: dict[Annotated[str, Field(max_length=100)], JsonScalar] = Field(default={}, max_length=100)
    version: Annotated[str, Field(max_length=64)] = ""


class LookEnlarge(_Question):
    """A picture as an extension's upscaler enlarges it. Answer: a PNG of that size, and `width`, `height`.

    `version` tells apart what the extension's files would make of it.
    """

    kind: Literal["enlarge"] = "enlarge"
    picture: PictureId
    upscaler: Annotated[str, Field(max_length=100)]
    width: int = Field(ge=1, le=8192)
    height: int = Field(ge=1, le=8192)
    version: Annotated[str, Field(max_length=64)] = ""


class LookRead(_Question):
    """What a picture shows, as a reader says it; readers are no models and need none beside them.

    `version` tells apart the files of the reader. Answer: no file, and `reader`, `kind`, `sentence` and `attributes`,
    a list with `name`, `label`, `score` and `labels` (`label`, `score`, the likeliest first) of each.
    """

    kind: Literal["read"] = "read"
    picture: PictureId
    reader: Annotated[str, Field(max_length=500)]
    version: Annotated[str, Field(max_length=64)] = ""


class LookPoints(_WithModel):
    """The pictures of some points of latent space, walked behind everything else and recorded nowhere.

    `request` is of one batch, with its seeds fixed; its model is the question's. Answer: a picture file for each of its
    pictures, in its size, and `pictures`, a list with `seed`, `width`, `height`, `lost`, `strangeness` and `statistics`
    (a number by name) for each. One that is `lost`, as its latents are no longer numbers, is black. `strangeness` is
    None for it, and for all until the model's normal range is known; see `LookNormal`. As PNG the pixels are those that
    a job makes of the same request.
    """

    kind: Literal["points"] = "points"
    request: GenerationRequest
    format: Literal["png", "jpg"] = "jpg"

    @model_validator(mode="after")
    def _says_which_pictures(self) -> Self:
        request = self.request
        seeds = (request.seed, *(point.seed for point in request.points))
        if RANDOM_SEED in seeds or (request.variation_strength and request.variation_seed == RANDOM_SEED):
            raise ValueError("the seed must be fixed")
        if request.batch_count > 1:
            raise ValueError("there can be one batch only")
        return self


Projection = Literal["pca", "umap"]
"""How many dimensions become the two of a plane."""

_Ideas = Annotated[tuple[Prompt, ...], Field(max_length=16)]


class LookIdeas(_WithModel):
    """Where prompts lie in what the text encoder makes of them.

    Answer: no file, and `places` ((x, y) from -1 to 1 for each), `explained` (which share of the variance the plane
    shows, or None), `dimensions` and `tokens` (of the longest embedding), `norms`, `distances` (Euclidean, n x n) and
    `similarities` (cosine of the meanings, n x n).
    """

    kind: Literal["ideas"] = "ideas"
    prompts: Annotated[tuple[Prompt, ...], Field(min_length=1, max_length=16)]
    projection: Projection = "pca"
    clip_skip: int = Field(default=1, ge=1, le=12)
    emphasis: Emphasis = Emphasis.ORIGINAL


class LookVector(_WithModel):
    """What the network is told in the place of a prompt: the embedding of a request's blend, or of its prompt.

    Answer: no file, and `dimensions`, `tokens`, `norm`, `ideas` (`prompt`, `distance`, `similarity` of each) and
    `nearest`, the ten words (`word`, `similarity`) whose meaning is nearest.
    """

    kind: Literal["vector"] = "vector"
    request: GenerationRequest
    ideas: _Ideas = ()


class LookNormal(_WithModel):
    """The normal range of a model's pictures in latent space, by which strangeness is measured.

    It is measured with some pictures of plain prompts where it is not known yet. Answer: no file, and `edge` (the
    strangeness that 99 % of normal pictures do not reach), `pictures` (of how many it was measured), and `statistics`,
    a list with `name`, `mean` and `deviation` of each.
    """

    kind: Literal["normal"] = "normal"


class PictureLatents(BaseModel):
    """A picture as the encoder makes latents of it, at a size in pixels; what does not fit is cropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["picture"] = "picture"
    picture: PictureId
    width: int = Field(ge=64, le=2048, multiple_of=8)
    height: int = Field(ge=64, le=2048, multiple_of=8)


class RecordedLatents(BaseModel):
    """Where the walk of a recorded picture ended."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["recording"] = "recording"
    trajectory: TrajectoryId
    picture: _Row = 0


LatentSource = Annotated[PictureLatents | RecordedLatents, Field(discriminator="kind")]


class LookLatents(_WithModel):
    """The latents of a picture after some edits; without any, the round trip through the autoencoder.

    Answer: two PNG files, the decoded picture, and its channels in rows of `columns`, grey on the scale that each had
    before the edits; `width`, `height`, `latent_width`, `latent_height`, `latent_scale`; `channels`, with `mean`,
    `deviation`, `kurtosis`, `high_frequencies`, `least`, `greatest`, `low`, `high` (what is black and white in its
    picture) and `histogram` of each, from `histogram_low` to `histogram_high`; and `moved`, how far the edits led, as
    from `LookLatentDistance`.
    """

    kind: Literal["latents"] = "latents"
    source: LatentSource
    edits: LatentEdits = ()


class LookLatentDistance(_WithModel):
    """How far two pictures lie apart in latent space.

    Answer: no file, and `euclidean`, `rms` (per value), `cosine`, and the same of each of the `channels`.
    """

    kind: Literal["latent-distance"] = "latent-distance"
    one: LatentSource
    other: LatentSource


class LibraryPicture(BaseModel):
    """A picture of the library and where its file is in the data folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: PictureId
    path: Annotated[str, Field(max_length=1_000)]


class LookNearestLatents(_WithModel):
    """Which of some pictures lie nearest to one in latent space, all of them brought to one small size.

    Answer: no file, and `nearest`, at most `count` of them, with `picture`, `euclidean`, `rms` and `cosine`; `compared`
    is with how many it was compared.
    """

    kind: Literal["latent-nearest"] = "latent-nearest"
    picture: PictureId
    among: Annotated[tuple[LibraryPicture, ...], Field(max_length=500)]
    count: int = Field(default=12, ge=1, le=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a question brought: `values` as its kind says, and files."""

    values: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return sum(map(len, self.parts)) + 1_000


Looking = Generator[None, None, Answered]
"""Work on an answer, which it returns. It yields between two calls of the model, where it may be left or put off."""

ExploreQuestion = LookPoints | LookIdeas | LookVector | LookNormal
"""What is asked of latent space itself."""

Question = (
    LookStrip
    | LookStep
    | LookAttention
    | LookForward
    | LookForwardLevel
    | LookPreprocess
    | LookEnlarge
    | LookRead
    | LookPoints
    | LookIdeas
    | LookVector
    | LookNormal
    | LookLatents
    | LookLatentDistance
    | LookNearestLatents
)
_QUESTIONS: TypeAdapter[Question] = TypeAdapter(Annotated[Question, Field(discriminator="kind")])


def question_of(values: dict[str, Any]) -> Question:
    """A question as it came over the pipe.

    Raises:
        MalformedMessage: it is none.
    """
    try:
        return _QUESTIONS.validate_python(values)
    except ValidationError as error:
        raise MalformedMessage(f"not a question: {error.errors()[0]['msg']}") from error
