"""What extensions add to what can be named: samplers, schedule types, upscalers, families of models.

The one table of a process that changes while it runs: requests judge themselves, so they must know the names, in the
web process as in the worker. There the entries also have what makes them; elsewhere they are names.
`webui.generation.offering` fills it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplerPlan:
    """What a sampler of an extension is made for: the walk that its scheduler is to step along.

    Args:
        config: the model's own scheduler configuration; `prediction_type` says what it predicts.
        sigmas: the noise levels, noise over signal, falling to 0: one more than there are timesteps.
        timesteps: the training timesteps that have these levels.
        scale: what noise of unit variance is multiplied by where the walk begins.
        flow: whether the model was trained by flow matching: latents are then (1 - sigma) * x0 + sigma * noise, else
            x0 + sigma * noise.
        device: where the walk runs, a `torch.device`.
    """

    config: Mapping[str, Any]
    sigmas: tuple[float, ...]
    timesteps: tuple[float, ...]
    scale: float
    flow: bool
    device: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSampler:
    """A sampler of an extension.

    Args:
        name: what people choose; no other sampler may have it.
        make: makes the scheduler of one walk (see `SamplerPlan`); `webui.diffusion.sigma_scheduler` has a base for it.
            None where only names are needed.
        note: what to expect of it, in one short sentence.
        takes: the fields of a request, of those under Advanced, that its `step` listens to: "eta", "s_noise"...
        aliases: how other programs spell its name, in lower case with spaces.
        order: how many calls of the model a step takes.
        flow: whether it walks models of the flow-matching kind, and only those.
        extension: whose it is.
    """

    name: str
    make: Callable[[SamplerPlan], Any] | None = None
    note: str = ""
    takes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    order: int = 1
    flow: bool = False
    extension: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSchedule:
    """A schedule type of an extension, which every sampler follows that can be given noise levels.

    Args:
        name: what people choose; no other schedule type may have it.
        sigmas: (steps, the model's least sigma, its greatest) -> `steps` + 1 falling noise levels, the last one 0.
            None where only names are needed.
        note: what to expect of it, in one short sentence.
        extension: whose it is.
    """

    name: str
    sigmas: Callable[[int, float, float], Sequence[float]] | None = None
    note: str = ""
    extension: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upscaler:
    """What enlarges a picture between the two passes of the hires fix, of an extension.

    Args:
        name: what people choose; no other upscaler may have it.
        upscale: (a `PIL.Image` in RGB, width, height in pixels) -> the picture (RGB) of that size. None where only
            names are needed.
        note: what to expect of it, in one short sentence.
        extension: whose it is.
    """

    name: str
    upscale: Callable[[Any, int, int], Any] | None = None
    note: str = ""
    extension: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFamily:
    """A kind of model of an extension, in diffusers' folder format.

    Args:
        name: no other family may have it.
        label: what people call it.
        pipelines: the `_class_name`s in model_index.json that it stands for; those that Darkroom knows itself stay its
            own.
        family: called with `(parts, tokenizers=, scheduler_config=, device=, dtype=, settings=)`; gives what
            `webui.diffusion.families.base.Family` asks for. None where only names are needed.
        parts: the classes of diffusers or transformers that its parts with weights may be of, by their names in
            model_index.json and in loading order; "unet" or "transformer" is called at every step.
        tokenizers: the same for what reads text.
        optional: which of both may be missing.
        capabilities: what its models can do, values of `webui.generation.families.Capability`.
        extension: whose it is.
    """

    name: str
    label: str
    pipelines: tuple[str, ...]
    family: Callable[..., Any] | None = None
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tokenizers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    capabilities: tuple[str, ...] = ("negative_prompt", "img2img", "inpaint", "resume", "hires")
    extension: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    """What is offered together, and taken back together."""

    samplers: tuple[NewSampler, ...] = ()
    schedules: tuple[NewSchedule, ...] = ()
    upscalers: tuple[Upscaler, ...] = ()
    families: tuple[NewFamily, ...] = ()


_STANDING: list[Offers] = []
_Row = TypeVar("_Row", NewSampler, NewSchedule, Upscaler, NewFamily)


def add_offers(offers: Offers) -> Callable[[], None]:
    """Puts names into the table, which somebody has judged; returns what takes them out again."""
    _STANDING.append(offers)

    def take_back() -> None:
        _STANDING[:] = [each for each in _STANDING if each is not offers]

    return take_back


def _latest(offered: Iterable[tuple[_Row, ...]]) -> tuple[_Row, ...]:
    return tuple({each.name: each for rows in offered for each in rows}.values())


def offered_samplers() -> tuple[NewSampler, ...]:
    """Those of all extensions; of a name that an extension offers twice the later one."""
    return _latest(offers.samplers for offers in tuple(_STANDING))


def offered_schedules() -> tuple[NewSchedule, ...]:
    """Those of all extensions; of a name that an extension offers twice the later one."""
    return _latest(offers.schedules for offers in tuple(_STANDING))


def offered_upscalers() -> tuple[Upscaler, ...]:
    """Those of all extensions; of a name that an extension offers twice the later one."""
    return _latest(offers.upscalers for offers in tuple(_STANDING))


def offered_families() -> tuple[NewFamily, ...]:
    """Those of all extensions; of a name that an extension offers twice the later one."""
    return _latest(offers.families for offers in tuple(_STANDING))


def offered_family_of(pipeline: object) -> NewFamily | None:
    """The family of an extension that stands for a pipeline's class; None where there is none."""
    return next((each for each in offered_families() if pipeline in each.pipelines), None)


def plain_name(name: str) -> str:
    """A name as names are compared: in lower case, with spaces."""
    return " ".join(name.casefold().replace("_", " ").split())
