"""Makes diffusers' scheduler for a sampler and a schedule type, and reads its noise levels.

Two conventions meet here. Euler's schedulers hold latents as `x0 + sigma * noise`; the others hold them as
`alpha * x0 + sigma_vp * noise` with alpha^2 + sigma_vp^2 = 1. `NoiseLevels` speaks of sigma in the first sense
(noise over signal, Karras et al. 2022) for both.
"""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    UniPCMultistepScheduler,
)

from webui.generation.samplers import Schedule


@dataclass(frozen=True, slots=True)
class _Solver:
    """The scheduler class of a sampler, and whether its latents grow with sigma."""

    scheduler: type
    variance_exploding: bool = False


_SOLVERS = {
    "DPM++ 2M": _Solver(DPMSolverMultistepScheduler),
    "Euler": _Solver(EulerDiscreteScheduler, variance_exploding=True),
    "Euler a": _Solver(EulerAncestralDiscreteScheduler, variance_exploding=True),
    "DDIM": _Solver(DDIMScheduler),
    "UniPC": _Solver(UniPCMultistepScheduler),
}

_SCHEDULE_OPTIONS: dict[Schedule, dict[str, Any]] = {
    Schedule.AUTOMATIC: {},
    Schedule.UNIFORM: {"timestep_spacing": "linspace"},
    Schedule.SGM_UNIFORM: {"timestep_spacing": "trailing"},
    Schedule.KARRAS: {"use_karras_sigmas": True},
    Schedule.EXPONENTIAL: {"use_exponential_sigmas": True},
}


class NoiseSchedule:
    """A walk's schedule: the scheduler that steps along it, and its noise levels.

    Args:
        sampler: a name in `webui.generation.samplers`.
        schedule: how the noise levels are spaced.
        steps: the number of steps.
        config: the model's own scheduler configuration, which says what the model predicts and its betas.
        device: where the walk runs.
    """

    def __init__(
        self, *, sampler: str, schedule: Schedule, steps: int, config: Mapping[str, Any], device: torch.device
    ) -> None:
        solver = _SOLVERS[sampler]
        self.scheduler = solver.scheduler.from_config(config, **_SCHEDULE_OPTIONS[schedule])
        self.scheduler.set_timesteps(steps, device=device)
        self.timesteps: torch.Tensor = self.scheduler.timesteps
        self._variance_exploding = solver.variance_exploding
        self._sigmas = self._read_sigmas()

    def _read_sigmas(self) -> list[float]:
        if hasattr(self.scheduler, "sigmas"):
            return [float(sigma) for sigma in self.scheduler.sigmas]
        kept = self.scheduler.alphas_cumprod[self.timesteps.cpu()].double().clamp(min=2**-24)
        return [*((1 - kept) / kept).sqrt().tolist(), 0.0]

    def step_options(self, generators: Sequence[torch.Generator]) -> dict[str, Any]:
        """What the scheduler's `step` takes besides the prediction: generators, for those that draw noise."""
        known = inspect.signature(self.scheduler.step).parameters
        return {"generator": list(generators)} if "generator" in known else {}

    def sigma(self, index: int) -> float:
        """Noise over signal before step `index` (and after the last one for `len(timesteps)`)."""
        return self._sigmas[index]

    def clean_latents(self, prediction: torch.Tensor, noisy: torch.Tensor, index: int) -> torch.Tensor:
        """The picture that a prediction points at, before step `index`: x0 in float32, same shape as `noisy`.

        Source: Salimans & Ho 2022, appendix D (v: x0 = alpha x - sigma v; epsilon: x0 = (x - sigma eps) / alpha).
        """
        sigma = self._sigmas[index]
        alpha = (1 + sigma**2) ** -0.5
        sigma_vp = sigma * alpha
        sample = noisy.float() * alpha if self._variance_exploding else noisy.float()
        output = prediction.float()
        match self.scheduler.config.prediction_type:
            case "v_prediction":
                return alpha * sample - sigma_vp * output
            case "sample":
                return output
            case _:
                return (sample - sigma_vp * output) / alpha
