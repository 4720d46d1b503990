"""Models, work on their files, and the settings."""

from typing import Annotated, Any, Literal

from pydantic import Field

from webui.model_manager.merge_process import DTYPES, METHODS
from webui.server.api_document.described import JPEG, Described, Shape, Strict, Theme
from webui.settings import MAX_RECORDING_MB, MIN_RECORDING_MB, ModelSettings, Record

_Text = Annotated[str, Field(max_length=2_000)]


class ModelTold(Shape):
    """What is known of a model without loading it. More fields are told of those who may see them."""

    name: str
    kind: str
    family: str | None
    base: str
    default_width: int
    default_height: int
    capabilities: list[str]
    problem: str | None
    """Why it cannot be used."""


class NotesBody(Strict):
    """What people write down of a model; what is left out stays."""

    notes: str | None = None
    favourite: bool | None = None


class Notes(Shape):
    """What is written down."""

    notes: str
    favourite: bool


class TaskTold(Shape):
    """Long work on files."""

    id: str
    work: str
    title: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    done: float
    total: float | None
    """Bytes of a download, otherwise parts of 1."""
    words: str
    error: str
    hint: str
    result: str
    """The name of what came of it."""
    created: float
    changes: int


class DownloadBody(Strict):
    """What to download."""

    source: _Text
    """A link, org/name, or org/name/file."""
    kind: str | None = None
    sha256: str | None = None


class LoraBody(Shape):
    """A LoRA to be baked in."""

    name: _Text
    weight: float


class MergeBody(Strict):
    """A new checkpoint from others."""

    method: Literal[tuple(METHODS)] = "weighted_sum"  # type: ignore[valid-type]
    models: list[_Text]
    weight: float | None = None
    loras: tuple[LoraBody, ...] = ()
    dtype: Literal[tuple(DTYPES)] | None = None  # type: ignore[valid-type]
    vae: _Text | None = None
    name: Annotated[str, Field(max_length=100)]


class RecordingSettingsBody(Strict):
    """What of it is to be changed."""

    record: Record = "steps"
    budget_mb: int = Field(default=2000, ge=MIN_RECORDING_MB, le=MAX_RECORDING_MB)


class RecordingSettings(Shape):
    """What is recorded, and what recordings take."""

    record: Record
    budget_mb: int
    min_mb: int
    max_mb: int
    used_bytes: int
    count: int
    pinned_bytes: int
    pinned_count: int
    folder: str


class ModelSettingsTold(ModelSettings):
    """How models are loaded and run, and where they are."""

    folders: list[str]
    found: list[Any]
    """Folders of other programs that could be added."""


_TASKS = ("downloads", "merges", "conversions")
_OF_TASKS = {
    route: described
    for kind in _TASKS
    for route, described in {
        f"GET /api/v1/models/{kind}": Described(answer=list[TaskTold]),
        f"DELETE /api/v1/models/{kind}/{{task}}": Described(answer=TaskTold),
        f"POST /api/v1/models/{kind}/{{task}}/retry": Described(answer=TaskTold, status=202),
    }.items()
}

MODELS = Theme(
    name="Models and settings",
    about="What models there are, and what is done to their files. All but the list is for administrators.",
    routes={
        "GET /api/v1/models": Described(answer=list[ModelTold]),
        "GET /api/v1/models/{model}": Described(answer=ModelTold),
        "PATCH /api/v1/models/{model}": Described(
            answer=Notes, body=NotesBody, example={"notes": "good at boats", "favourite": True}, problems=(507,)
        ),
        "GET /api/v1/models/{model}/preview": Described(answer=JPEG),
        "POST /api/v1/models/{model}/convert": Described(answer=TaskTold, status=202),
        "GET /api/v1/models/tasks": Described(answer=list[TaskTold]),
        "POST /api/v1/models/downloads": Described(
            answer=TaskTold, status=202, body=DownloadBody, example={"source": "org/name"}
        ),
        "POST /api/v1/models/merges": Described(
            answer=TaskTold, status=202, body=MergeBody, problems=(404,),
            example={"method": "weighted_sum", "models": ["a", "b"], "weight": 0.3, "name": "c"},
        ),
        **_OF_TASKS,
        "GET /api/v1/settings/recording": Described(answer=RecordingSettings),
        "PATCH /api/v1/settings/recording": Described(
            answer=RecordingSettings, body=RecordingSettingsBody, example={"record": "steps", "budget_mb": 5000},
            problems=(507,),
        ),
        "GET /api/v1/settings/models": Described(answer=ModelSettingsTold),
        "PATCH /api/v1/settings/models": Described(
            answer=ModelSettingsTold, body=ModelSettings, example={"precision": "auto"}, problems=(507,)
        ),
    },
)  # fmt: skip
