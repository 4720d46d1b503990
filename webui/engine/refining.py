"""A second model that goes on in the middle of a pass: the refiner (Podell et al. 2023, section 2.5). Torch.

It is a guide that asks one model first and the other one from a call on: the same latents, along the same schedule. So
what it says is recorded and replayed like everything else.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from webui.diffusion.families.base import Family, Latents
from webui.diffusion.families.pipeline import PipelineModel
from webui.diffusion.guidance import Guide
from webui.diffusion.samplers import NoiseSchedule
from webui.errors import InvalidRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Refining:
    """The second model of a walk.

    Args:
        family: the model.
        switch_at: the share of a pass's calls that the first model makes.
        use: makes it the model that computes; costs nothing where it is.
        use_first: the same for the first model.
    """

    family: Family
    switch_at: float
    use: Callable[[], None]
    use_first: Callable[[], None]

    def first_call(self, schedule: NoiseSchedule, before: int = 0) -> int:
        """The call of a walk along a schedule from which on it is asked, at the beginning of a step.

        `before` is how many of the pass's calls lie behind already.
        """
        whole, order = before + len(schedule.timesteps), schedule.scheduler.order
        return max(math.ceil(self.switch_at * whole / order) * order - before, 0)


class SwitchedGuide:
    """Two guides of one walk, the second one from a call on; it is made when it is first needed."""

    def __init__(self, first: Guide, refining: Refining, make: Callable[[], Guide], *, at: int) -> None:
        self._first = first
        self._second: Guide | None = None
        self._refining = refining
        self._make = make
        self._at = at

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the prompts could not be used."""
        return self._first.notes

    @property
    def extra_channels(self) -> torch.Tensor | None:
        """What an inpainting network sees beside the latents; a refiner that is none does not see it."""
        return self._first.extra_channels

    @extra_channels.setter
    def extra_channels(self, seen: torch.Tensor | None) -> None:
        self._first.extra_channels = seen

    @property
    def momentum(self) -> torch.Tensor | None:
        """What adaptive projected guidance remembers of the calls before."""
        return self._current.momentum

    @momentum.setter
    def momentum(self, average: torch.Tensor | None) -> None:
        self._current.momentum = average

    @property
    def last_parts(self) -> tuple[torch.Tensor, torch.Tensor] | None:
        """The predictions of the last call with and without the prompt."""
        return self._current.last_parts

    def __call__(self, latents: Latents, timestep: torch.Tensor, index: int) -> torch.Tensor:
        """The guided prediction of the model whose turn it is."""
        if index < self._at:
            self._refining.use_first()
            return self._first(latents, timestep, index)
        self._refining.use()
        if self._second is None:
            self._second = self._begun()
        return self._second(latents, timestep, index)

    def _begun(self) -> Guide:
        second = self._make()
        second.momentum = self._first.momentum
        if self._refining.family.info.inpainting:
            second.extra_channels = self._first.extra_channels
        return second

    @property
    def _current(self) -> Guide:
        return self._second or self._first


def check_refines(refiner: Family, first: Family, *, name: str) -> None:
    """Whether a model can go on where another one stops.

    Raises:
        InvalidRequest: it has other latents, predicts something else, or needs a mask that is not there.
    """
    one, other = first.info, refiner.info
    pipelines = [each for each in (first, refiner) if isinstance(each, PipelineModel)]
    predicts = [each.scheduler_config.get("prediction_type", "epsilon") for each in (first, refiner)]
    if pipelines:
        problem = "one of the two walks by itself"
    elif (one.latent_channels, one.latent_scale) != (other.latent_channels, other.latent_scale):
        problem = "its latents are not those of the model"
    elif predicts[0] != predicts[1] or one.traits.flow != other.traits.flow:
        problem = "it was trained to predict something else than the model"
    elif other.inpainting and not one.inpainting:
        problem = "it is an inpainting model, and the model is none"
    else:
        return
    raise InvalidRequest(
        f"refiner.model: '{name}' cannot go on with the picture: {problem}.",
        hint="Choose a refiner of the same family, or none.",
        field="refiner.model",
    )
