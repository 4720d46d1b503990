"""The denoise loop: the only place that steps a scheduler, and the only path to a picture."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch

from webui.diffusion.samplers import NoiseSchedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One move of the walk. Tensors are (batch, channels, height / 8, width / 8) on the walk's device.

    `index` counts from 0; `sigma` is the noise level before the move and `sigma_next` after it. `noisy` is x_t before
    the move, `prediction` what the model said of it (guided), `latents` the latents after the move.
    """

    schedule: NoiseSchedule
    index: int
    timestep: float
    sigma: float
    sigma_next: float
    noisy: torch.Tensor
    prediction: torch.Tensor
    latents: torch.Tensor

    @property
    def clean(self) -> torch.Tensor:
        """The x0 that the prediction points at, in float32; computed when it is asked for."""
        return self.schedule.clean_latents(self.prediction, self.noisy, self.index)

    @property
    def movement(self) -> float:
        """How far the latents moved: the root mean square over all values, of latents as the network sees them.

        Samplers that hold latents as `x0 + sigma * noise` begin at a sigma of thousands, where the way back from the
        noise's own size would hide every other movement.
        """
        before = self.schedule.as_seen(self.noisy, self.sigma)
        return float((self.schedule.as_seen(self.latents, self.sigma_next) - before).square().mean().sqrt())


def unconstrained(latents: torch.Tensor, index: int) -> torch.Tensor:
    """Every part of the picture may move."""
    return latents


@torch.inference_mode()
def denoise(
    predict: Callable[[torch.Tensor, torch.Tensor, int], torch.Tensor],
    schedule: NoiseSchedule,
    latents: torch.Tensor,
    *,
    generators: Sequence[torch.Generator],
    constrain: Callable[[torch.Tensor, int], torch.Tensor] = unconstrained,
    calls: range | None = None,
) -> Iterator[Step]:
    """Walks along the schedule and yields a `Step` after each move; stop iterating to interrupt.

    Args:
        predict: the guided model, (latents, timestep, index) -> prediction.
        schedule: its scheduler's history belongs to this walk.
        latents: where the walk is, (batch, channels, height / 8, width / 8), scaled for the first timestep of `calls`.
        generators: one for each picture, for the samplers that add noise on the way.
        constrain: what is put right after each move, (latents after it, index of the move) -> latents: inpainting puts
            back what the mask keeps.
        calls: which of the schedule's calls; None is all of them. A walk can go on where another one stopped, along the
            same schedule, with another predictor, generators or constraint.
    """
    scheduler = schedule.scheduler
    options = schedule.step_options(generators)
    for index in range(len(schedule.timesteps)) if calls is None else calls:
        timestep = schedule.timesteps[index]
        prediction = predict(scheduler.scale_model_input(latents, timestep), timestep, index)
        moved = scheduler.step(prediction, timestep, latents, **options, return_dict=False)[0]
        moved = constrain(moved, index)
        yield Step(
            schedule=schedule,
            index=index,
            timestep=float(timestep),
            sigma=schedule.sigma(index),
            sigma_next=schedule.sigma(index + 1),
            noisy=latents,
            prediction=prediction,
            latents=moved,
        )
        latents = moved
