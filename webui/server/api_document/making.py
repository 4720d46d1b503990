"""Jobs, series, the queue, and what helps with asking for them."""

from typing import Annotated, Any, Literal, Union

from pydantic import Field, create_model

from webui.generation.blend import Slider
from webui.generation.limits import RANDOM_SEED, Prompt, Share
from webui.generation.request import GenerationRequest
from webui.generation.series import KINDS, Options
from webui.library.sliders import USUAL_VALUE
from webui.server.api_document.described import EVENTS, JPEG, Described, Shape, Strict, Theme

_RESUME = {"Last-Event-ID": "The number of the last event that the client has: what came after it follows."}
_STATUS = Literal["queued", "running", "done", "failed", "cancelled"]
_BOAT = {"prompt": "a sailboat on the sea at sunset", "seed": 7, "steps": 20, "width": 512, "height": 512}


class Accepted(Shape):
    """A job that is on the disk."""

    id: str
    position: int = Field(ge=0)
    """How many jobs come before it."""
    seed: int = Field(ge=RANDOM_SEED)
    """That of its first picture, drawn where none was given."""


class JobTold(Shape):
    """A job as it is now."""

    id: str
    owner: str
    """Whose it is; empty for the house."""
    status: _STATUS
    position: int
    step: int
    """Steps done, over all batches."""
    total: int
    error: str | None
    hint: str
    field: str | None
    images: list[str]
    """Ids of its pictures, in the order they were finished."""
    created: float
    """Seconds since 1970, as are the next two."""
    started: float | None
    finished: float | None
    attempt: int
    """How often a worker has begun it."""
    request: GenerationRequest


class Queue(Shape):
    """What waits and runs."""

    length: int = Field(ge=0)
    """How many jobs, other people's too."""
    jobs: list[JobTold]
    """Those that you may see, in their order; `position` counts all."""


class Cleared(Shape):
    """What became of the queue."""

    cancelled: int = Field(ge=0)
    """How many of your jobs waited, and do no more."""


class _SeriesBody(Shape):
    request: GenerationRequest
    """What all its pictures have in common."""


def _body_of(kind: type[Options]) -> type[Shape]:
    """The body that asks for a kind of series: its options stand beside the request."""
    fields: dict[str, Any] = {name: (info.annotation, info) for name, info in kind.model_fields.items()}
    fields["kind"] = (Literal[kind.kind], ...)
    return create_model(f"{kind.kind.title()}Body", __base__=_SeriesBody, __doc__=kind.__doc__, **fields)


SeriesBody = Annotated[Union[*map(_body_of, KINDS.values())], Field(discriminator="kind")]


class SeriesAccepted(Shape):
    """A series that is on the disk."""

    id: str
    jobs: list[str]
    total: int
    seed: int


class SeriesListed(Shape):
    """A series on its way from acceptance to its grid or plot."""

    id: str
    owner: str
    """Whose it is; empty for the house."""
    kind: Literal["plot", "sweep", "loopback", "batch", "journey"]
    title: str
    status: Literal["running", "cancelling", "done", "failed", "cancelled"]
    done: int
    total: int
    picture: str | None
    """The id of the grid or plot, once it is made."""
    url: str | None
    result: dict[str, Any]
    """Numbers and sentences that came of it."""
    error: str | None
    hint: str
    created: float
    finished: float | None


class CellTold(Shape):
    """One job of a series."""

    labels: list[str]
    place: list[int]
    job: str | None
    status: _STATUS
    image: str | None
    images: list[str]
    problem: str | None
    """Why there is no picture."""


class SeriesTold(SeriesListed):
    """A series with each of its pictures."""

    request: GenerationRequest
    options: dict[str, Any]
    jobs: list[str]
    cells: list[CellTold]


class InfotextBody(Shape):
    """The parameters of a picture, in whatever program's form."""

    text: str


class InfotextTold(Shape):
    """What such a text says."""

    fields: dict[str, Any]
    """Fields of a request."""
    notes: list[str]
    """What was left out or replaced, in sentences."""
    left_over: dict[str, str]
    """What has no counterpart."""


class NamedLora(Shape):
    """A LoRA as prompts name it."""

    name: str


class PromptNames(Shape):
    """What prompts can name."""

    loras: list[NamedLora]
    embeddings: list[str]
    styles: list[str]
    wildcards: list[str]


class PromptChecked(Shape):
    """Counts against limits, null without a model that can be read."""

    tokens: int | None
    limit: int | None
    negative_tokens: int | None
    negative_limit: int | None
    warnings: list[str]


class SliderBody(Strict):
    """What a concept slider is, without its name."""

    low: Prompt
    """The prompt of its lower end."""
    high: Prompt
    """The prompt of its upper end."""
    value: float = Field(default=USUAL_VALUE, ge=-10.0, le=10.0)
    """Where it stands to begin with."""
    start: Share = 0.0
    end: Share = 1.0


class SlidersKept(Shape):
    """The concept sliders that are kept."""

    sliders: list[Slider]
    problems: list[str]
    """A sentence for each file that is no slider."""


class SamplerTold(Shape):
    """A sampler."""

    name: str
    schedules: list[str]
    """The schedule types that it can follow."""
    note: str
    takes: list[str]
    """The settings that it listens to."""
    order: int
    flow: bool
    """Whether it is for flow-matching models."""
    default: bool


class WorkerTold(Shape):
    """The process that computes."""

    worker: Literal["starting", "ready", "busy", "down"]
    device: str | None
    dtype: str | None
    model: str | None
    """Which is in memory."""
    warming: bool
    problem: str
    queue: int


class Health(Shape):
    """Whether jobs can be accepted."""

    status: Literal["ok"]
    version: str
    worker: WorkerTold
    queue: int
    page: bool
    problem: str


MAKING = Theme(
    name="Making pictures",
    about="Jobs and series of jobs: submit, follow, cancel.",
    routes={
        "POST /api/v1/jobs": Described(
            answer=Accepted, status=202, body=GenerationRequest, example=_BOAT, problems=(404, 503, 507),
            answered={"id": "9d3f0c2a1b4e5f67", "position": 0, "seed": 7},
        ),
        "GET /api/v1/jobs": Described(answer=list[JobTold]),
        "GET /api/v1/jobs/{job}": Described(answer=JobTold),
        "DELETE /api/v1/jobs/{job}": Described(answer=JobTold),
        "POST /api/v1/jobs/{job}/skip": Described(answer=JobTold),
        "GET /api/v1/jobs/{job}/events": Described(answer=EVENTS, headers=_RESUME),
        "GET /api/v1/jobs/{job}/frames/{batch}/{step}/{picture}.jpg": Described(answer=JPEG),
        "GET /api/v1/queue": Described(answer=Queue),
        "DELETE /api/v1/queue": Described(answer=Cleared),
        "GET /api/v1/events": Described(answer=EVENTS, headers=_RESUME),
        "GET /api/v1/shown/{job}/frames/{batch}/{step}/{picture}.jpg": Described(answer=JPEG),
        "GET /api/v1/shown/{job}/pictures/{index}.jpg": Described(answer=JPEG),
        "POST /api/v1/series": Described(
            answer=SeriesAccepted, status=202, body=SeriesBody, problems=(404, 503, 507),
            example={
                "kind": "plot", "request": _BOAT,
                "x": {"type": "Steps", "values": "5, 10, 20"}, "y": {"type": "CFG Scale", "values": "3, 7"},
            },
        ),
        "GET /api/v1/series": Described(answer=list[SeriesListed]),
        "GET /api/v1/series/{series}": Described(answer=SeriesTold),
        "DELETE /api/v1/series/{series}": Described(answer=SeriesTold),
        "POST /api/v1/infotext": Described(
            answer=InfotextTold, body=InfotextBody,
            example={"text": "a boat\nSteps: 20, Sampler: DPM++ 2M, CFG scale: 7, Seed: 7, Size: 512x512"},
        ),
        "GET /api/v1/prompt/names": Described(answer=PromptNames),
        "POST /api/v1/prompt/check": Described(answer=PromptChecked),
        "GET /api/v1/sliders": Described(answer=SlidersKept),
        "PUT /api/v1/sliders/{name}": Described(
            answer=Slider, body=SliderBody, problems=(507,),
            example={"low": "a boat by day", "high": "a boat at night", "start": 0.0, "end": 1.0},
        ),
        "DELETE /api/v1/sliders/{name}": Described(answer=SlidersKept, problems=(507,)),
        "GET /api/v1/samplers": Described(answer=list[SamplerTold]),
        "GET /api/v1/health": Described(answer=Health, problems=(503,)),
    },
)  # fmt: skip
