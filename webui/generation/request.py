"""`GenerationRequest`: every parameter of a picture and nothing else.

The page, the API, the command line, the queue, the infotext and the picture's metadata all carry this one type.
"""

import secrets
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from webui.errors import InvalidRequest
from webui.generation.samplers import DEFAULT_SAMPLER, SAMPLERS, Schedule, find_sampler, find_schedule

MAX_PROMPT_CHARACTERS = 20_000
MAX_SEED = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""
RANDOM_SEED = -1
SIZE_MULTIPLE = 8

Prompt = Annotated[str, Field(max_length=MAX_PROMPT_CHARACTERS)]
Side = Annotated[int, Field(ge=64, le=2048, multiple_of=SIZE_MULTIPLE)]


class GenerationRequest(BaseModel):
    """What to make. Frozen, validated, JSON-serialisable; change one with `with_changes`.

    Sides are in pixels. `seed` is that of the first picture, picture i has seed + i; -1 asks for a random one, which
    is fixed when the job is accepted. `model` is a name in the catalogue, None the default model.

    Raises:
        InvalidRequest: from `parse` and `with_changes`, naming the field that cannot be used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    prompt: Prompt = ""
    negative_prompt: Prompt = ""
    seed: int = Field(default=RANDOM_SEED, ge=RANDOM_SEED, le=MAX_SEED)
    steps: int = Field(default=20, ge=1, le=150)
    sampler: str = DEFAULT_SAMPLER
    schedule: str = Schedule.AUTOMATIC.value
    cfg_scale: float = Field(default=5.0, ge=0.0, le=30.0)
    width: Side = 256
    height: Side = 256
    batch_size: int = Field(default=1, ge=1, le=8)
    batch_count: int = Field(default=1, ge=1, le=100)
    model: Annotated[str, Field(max_length=500)] | None = None

    @field_validator("sampler")
    @classmethod
    def _known_sampler(cls, value: str) -> str:
        sampler = find_sampler(value)
        if sampler is None:
            raise ValueError(f"there is no sampler '{value[:60]}'; choose one of {_listed(s.name for s in SAMPLERS)}")
        return sampler.name

    @field_validator("schedule")
    @classmethod
    def _known_schedule(cls, value: str) -> str:
        schedule = find_schedule(value)
        if schedule is None:
            raise ValueError(f"there is no schedule type '{value[:60]}'; choose one of {_listed(Schedule)}")
        return schedule.value

    @model_validator(mode="after")
    def _sampler_follows_schedule(self) -> Self:
        sampler = find_sampler(self.sampler)
        assert sampler is not None
        if self.schedule not in sampler.schedules:
            raise InvalidRequest(
                f"schedule: {sampler.name} cannot follow the schedule type {self.schedule}.",
                hint=f"Choose one of {_listed(sampler.schedules)}.",
                field="schedule",
            )
        return self

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """A request from JSON values.

        Raises:
            InvalidRequest: the first value that cannot be used, in a sentence that names its field.
        """
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            raise _as_invalid_request(error) from error

    def with_changes(self, **changes: Any) -> Self:
        """The same request with some fields changed, validated again."""
        return type(self).parse(self.model_dump() | changes)

    def with_fixed_seed(self) -> Self:
        """The same request with the seed drawn, if it asked for a random one."""
        return self.with_changes(seed=secrets.randbelow(2**32)) if self.seed == RANDOM_SEED else self

    def for_picture(self, index: int) -> Self:
        """The request that makes picture `index` of the job alone."""
        return self.with_changes(seed=self.seed + index, batch_size=1, batch_count=1)

    @property
    def image_count(self) -> int:
        """How many pictures the request asks for."""
        return self.batch_size * self.batch_count


def _listed(names: Iterable[str]) -> str:
    return ", ".join(str(name) for name in names)


def _as_invalid_request(error: ValidationError) -> InvalidRequest:
    """The first problem as a sentence: which field, what was wrong, what is allowed."""
    problem = error.errors(include_url=False)[0]
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, InvalidRequest):
        return cause
    field = str(problem["loc"][0]) if problem["loc"] else "request"
    context = problem.get("ctx", {})
    value = problem["input"]
    shown = f"{value!r}" if len(repr(value)) <= 60 else f"a text of {len(str(value)):,} characters"
    limits = {
        "greater_than_equal": "it must be at least {ge}",
        "less_than_equal": "it must be at most {le}",
        "multiple_of": "it must be a multiple of {multiple_of}",
        "string_too_long": "it may have at most {max_length:,} characters",
        "finite_number": "it must be a finite number",
        "extra_forbidden": "there is no such field",
    }
    if problem["type"] == "value_error":
        what = str(context["error"])
    elif problem["type"] in limits:
        what = f"{shown} cannot be used: {limits[problem['type']].format(**context)}"
    else:
        what = f"{shown} cannot be used: {problem['msg'][:1].lower()}{problem['msg'][1:]}"
    return InvalidRequest(f"{field}: {what}.", field=field)
