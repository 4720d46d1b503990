"""`GenerationRequest`: every parameter of a picture and nothing else.

The page, the API, the command line, the queue, the infotext and the picture's metadata all carry this one type.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from webui.errors import InvalidRequest
from webui.generation.blend import Blend, Sliders
from webui.generation.extras import Extras
from webui.generation.fast import PRESETS
from webui.generation.invalid_values import validated
from webui.generation.limits import MAX_SEED, RANDOM_SEED, Prompt, Side
from webui.generation.model_options import ModelName, Refiner, SizeConditioning
from webui.generation.noise_turns import NoiseTurns, with_drawn_seeds
from webui.generation.points import MAX_POINTS, Point
from webui.generation.samplers import (
    DEFAULT_SAMPLER,
    Schedule,
    every_sampler,
    every_schedule,
    find_fused,
    find_sampler,
    find_schedule,
)
from webui.generation.ways import FromNoise, FromPicture, FromStep, Hires, Mask, Start, Video


class Emphasis(StrEnum):
    """What `(word:1.3)` does. The values are A1111's labels."""

    ORIGINAL = "Original"
    """Weigh the encoded tokens, then restore the mean of the chunk."""
    NO_NORM = "No norm"
    """Weigh the encoded tokens and leave the mean as it comes."""
    IGNORE = "Ignore"
    """Read the brackets, but weigh nothing."""
    NONE = "None"
    """Brackets are ordinary characters."""


class NoiseSource(StrEnum):
    """Which generator draws the noise, by the names that infotexts use for it."""

    CPU = "CPU"
    """torch's generator on the CPU: the same on every machine."""
    NV = "NV"
    """Philox, which gives what a CUDA card's generator gives: for seeds of A1111 pictures made on a GPU."""


class GuidanceMethod(StrEnum):
    """How the predictions with and without the prompt are joined."""

    CFG = "CFG"
    """Classifier-free guidance (Ho & Salimans 2022)."""
    APG = "APG"
    """Adaptive projected guidance (Sadat et al. 2024): high scales without burnt colours."""


class GenerationRequest(BaseModel):
    """What to make. Frozen, validated, JSON-serialisable; change one with `with_changes`.

    Sides are in pixels. `seed` is that of the first picture, picture i has seed + i, or with `same_seed` the same; -1
    asks for a random one, which is fixed when the job is accepted. `model` is a name in the catalogue, None the default
    model.

    `start`, `mask` and `hires` say which way the picture is made (see `webui.generation.ways`). `styles` are names of
    kept prompts, put into the prompt when the job is accepted. With `variation_strength` above 0, all pictures share
    the seed and picture i has `variation_seed` + i. Outside `guidance_start` to `guidance_end`, shares of the walk,
    the prompt is followed without guidance. `vae` is a name in the catalogue, None the model's own. Models that were
    distilled from guidance are told `distilled_guidance`; `flow_shift` moves the noise levels of flow-matching ones
    (None: as the model wants it), and `fast` names a preset that trades exactness for speed. `eta` None is the
    sampler's own; `s_tmax` 0 means no upper end.

    With a `blend` its ideas are what the picture is conditioned on, and `prompt` only names networks and is kept as a
    caption. `sliders` are added to either. `noise_turns` turn the noise, one after the other. `points` are one batch of
    pictures that walk together: picture i has what point i says in the place of the fields of the same names.
    `extras` has the values of extensions' controls, by extension and control; what is not in it is at its default.

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
    same_seed: bool = False
    model: Annotated[str, Field(max_length=500)] | None = None
    vae: ModelName | None = None
    refiner: Refiner | None = None
    distilled_guidance: float = Field(default=3.5, ge=0.0, le=30.0)
    flow_shift: float | None = Field(default=None, ge=0.01, le=100.0)
    size_conditioning: SizeConditioning | None = None
    fast: Annotated[str, Field(max_length=40)] = ""

    start: Start = FromNoise()
    mask: Mask | None = None
    hires: Hires | None = None
    video: Video | None = None

    blend: Blend | None = None
    sliders: Sliders = ()
    noise_turns: NoiseTurns = ()
    points: tuple[Point, ...] = Field(default=(), max_length=MAX_POINTS)

    styles: tuple[Annotated[str, Field(max_length=200)], ...] = Field(default=(), max_length=50)
    clip_skip: int = Field(default=1, ge=1, le=12)
    emphasis: Emphasis = Emphasis.ORIGINAL

    variation_seed: int = Field(default=RANDOM_SEED, ge=RANDOM_SEED, le=MAX_SEED)
    variation_strength: float = Field(default=0.0, ge=0.0, le=1.0)
    seed_resize_width: int = Field(default=0, ge=0, le=2048, multiple_of=8)
    seed_resize_height: int = Field(default=0, ge=0, le=2048, multiple_of=8)
    noise_source: NoiseSource = NoiseSource.CPU
    tiling: bool = False

    guidance: GuidanceMethod = GuidanceMethod.CFG
    cfg_rescale: float = Field(default=0.0, ge=0.0, le=1.0)
    guidance_start: float = Field(default=0.0, ge=0.0, le=1.0)
    guidance_end: float = Field(default=1.0, ge=0.0, le=1.0)
    pag_scale: float = Field(default=0.0, ge=0.0, le=10.0)

    eta: float | None = Field(default=None, ge=0.0, le=1.0)
    s_churn: float = Field(default=0.0, ge=0.0, le=100.0)
    s_tmin: float = Field(default=0.0, ge=0.0, le=10.0)
    s_tmax: float = Field(default=0.0, ge=0.0, le=999.0)
    s_noise: float = Field(default=1.0, ge=0.0, le=2.0)

    extras: Extras = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _sampler_names_its_schedule(cls, values: Any) -> Any:
        """'DPM++ 2M Karras' is the sampler DPM++ 2M and the schedule type Karras, as A1111 once wrote it."""
        name = values.get("sampler") if isinstance(values, dict) else None
        fused = find_fused(name) if isinstance(name, str) else None
        if fused is None or fused[1] is None:
            return values
        return values | {"sampler": fused[0].name, "schedule": fused[1]}

    @field_validator("sampler")
    @classmethod
    def _known_sampler(cls, value: str) -> str:
        return _sampler_called(value)

    @field_validator("fast")
    @classmethod
    def _known_preset(cls, value: str) -> str:
        if value and value not in PRESETS:
            raise ValueError(f"there is no preset '{value}'; there are {', '.join(PRESETS)}, and '' for exact")
        return value

    @field_validator("schedule")
    @classmethod
    def _known_schedule(cls, value: str) -> str:
        return _schedule_called(value)

    @field_validator("hires")
    @classmethod
    def _known_hires_sampler(cls, hires: Hires | None) -> Hires | None:
        if hires is None:
            return None
        fused = find_fused(hires.sampler or "")
        sampler = fused[0].name if fused else hires.sampler and _sampler_called(hires.sampler)
        schedule = fused[1] if fused and fused[1] else hires.schedule and _schedule_called(hires.schedule)
        return hires.model_copy(update={"sampler": sampler or None, "schedule": schedule or None})

    @model_validator(mode="after")
    def _samplers_follow_schedules(self) -> Self:
        _check_follows(self.sampler, self.schedule, field="schedule")
        if self.hires is not None and (self.hires.sampler or self.hires.schedule):
            field = "hires.schedule" if self.hires.schedule else "hires.sampler"
            _check_follows(self.hires.sampler or self.sampler, self.hires.schedule or self.schedule, field=field)
        return self

    @model_validator(mode="after")
    def _points_are_one_batch(self) -> Self:
        if self.points and (self.batch_count != 1 or self.batch_size != len(self.points)):
            raise InvalidRequest(
                f"points: there are {len(self.points)}, so it must be one batch of that size.",
                hint=f"Set batch_size to {len(self.points)} and batch_count to 1.", field="points",
            )  # fmt: skip
        return self

    @model_validator(mode="after")
    def _mask_needs_a_picture(self) -> Self:
        if self.mask is not None and not isinstance(self.start, FromPicture | FromStep):
            raise InvalidRequest(
                "mask: there is no picture to mask.", hint="Choose a picture to start from, or remove the mask.",
                field="mask",
            )  # fmt: skip
        if isinstance(self.start, FromPicture) and self.start.toward and (self.mask or self.start.margins):
            raise InvalidRequest(
                "start.toward: a walk that starts between two pictures has neither a mask nor margins.",
                hint="Start from one picture, or remove the mask.", field="start.toward",
            )  # fmt: skip
        return self

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """A request from JSON values.

        Raises:
            InvalidRequest: the first value that cannot be used, in a sentence that names its field.
        """
        return validated(cls, values)

    def with_changes(self, **changes: Any) -> Self:
        """The same request with some fields changed, validated again."""
        return type(self).parse(self.model_dump() | changes)

    def with_fixed_seed(self) -> Self:
        """The same request with each seed drawn that asked for a random one, those of points and turns too."""
        drawn: dict[str, Any] = {
            field: _drawn_seed()
            for field in ("seed", "variation_seed")
            if getattr(self, field) == RANDOM_SEED and (field == "seed" or self.variation_strength > 0)
        }
        if self.noise_turns:
            drawn["noise_turns"] = with_drawn_seeds(self.noise_turns, _drawn_seed)
        if self.points:
            drawn["points"] = [_with_fixed_seeds(point) for point in self.points]
        return self.with_changes(**drawn) if drawn else self

    def for_picture(self, index: int) -> Self:
        """The request that makes picture `index` of the job alone."""
        alone = {"batch_size": 1, "batch_count": 1, "same_seed": False}
        if self.points:
            point = self.points[index]
            own = {name: getattr(point, name) for name in Point.model_fields}
            return self.with_changes(**own, **alone, points=())
        counted = "variation_seed" if self.variation_strength > 0 else "seed"
        number = getattr(self, counted) + (0 if self.same_seed else index)
        return self.with_changes(**{counted: number}, **alone)

    @property
    def picture_ids(self) -> tuple[str, ...]:
        """Every picture that the request refers to, by id."""
        start = self.start
        masked = self.mask.picture if self.mask else None
        if isinstance(start, FromPicture):
            return tuple(picture for picture in (start.picture, start.toward, masked) if picture)
        return tuple(picture for picture in (getattr(start, "painting", None), masked) if picture)

    @property
    def prompts(self) -> tuple[str, ...]:
        """Every prompt that it has: those of the second pass, of ideas, sliders and points too."""
        said: list[str] = []
        self.with_each_prompt(lambda prompt: said.append(prompt) or prompt)
        return tuple(said)

    def with_each_prompt(self, change: Callable[[str], str]) -> Self:
        """The request with each of its prompts changed: those of the second pass, of ideas, sliders and points too.

        Raises:
            InvalidRequest: one has become what it cannot be, such as too long.
        """
        changes = _with_prompts(self.model_dump(exclude={"hires", "points"}), change)
        if self.hires is not None:
            changes["hires"] = _with_prompts(self.hires.model_dump(), change)
        changes["points"] = [_with_prompts(point.model_dump(), change) for point in self.points]
        return self.with_changes(**changes)

    @property
    def image_count(self) -> int:
        """How many pictures the request asks for."""
        return self.batch_size * self.batch_count


def _with_prompts(values: Mapping[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """The values of a request, or of what has prompts in it, with each of them changed, in their order."""
    changes: dict[str, Any] = {name: change(values[name]) for name in ("prompt", "negative_prompt")}
    blend = values.get("blend")
    if blend:
        ideas = [idea | {"prompt": change(idea["prompt"])} for idea in blend["ideas"]]
        changes["blend"] = blend | {"ideas": ideas}
    if "sliders" in values:
        changes["sliders"] = [
            slider | {end: change(slider[end]) for end in ("low", "high")} for slider in values["sliders"]
        ]
    return {**values, **changes}


def _drawn_seed() -> int:
    return secrets.randbelow(2**32)


def _with_fixed_seeds(point: Point) -> Point:
    seed = _drawn_seed() if point.seed == RANDOM_SEED else point.seed
    turns = with_drawn_seeds(point.noise_turns, _drawn_seed)
    return point.model_copy(update={"seed": seed, "noise_turns": turns})


def _sampler_called(name: str) -> str:
    sampler = find_sampler(name)
    if sampler is None:
        raise ValueError(f"there is no sampler '{name[:60]}'; choose one of {_listed(s.name for s in every_sampler())}")
    return sampler.name


def _schedule_called(name: str) -> str:
    schedule = find_schedule(name)
    if schedule is None:
        raise ValueError(f"there is no schedule type '{name[:60]}'; choose one of {_listed(every_schedule())}")
    return schedule


def _check_follows(sampler: str, schedule: str, *, field: str) -> None:
    found = find_sampler(sampler)
    assert found is not None
    if schedule not in found.followed:
        raise InvalidRequest(
            f"{field}: {found.name} cannot follow the schedule type {schedule}.",
            hint=f"Choose one of {_listed(found.followed)}.",
            field=field,
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(str(name) for name in names)
