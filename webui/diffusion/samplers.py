"""A walk's schedule: diffusers' scheduler for a sampler and a schedule type, and its noise levels.

Two conventions meet here. Some schedulers (Euler's and their kin) hold latents as `x0 + sigma * noise`; the others
hold them as `alpha * x0 + sigma_vp * noise` with alpha^2 + sigma_vp^2 = 1. `NoiseSchedule` speaks of sigma in the
first sense (noise over signal, Karras et al. 2022) for both.
"""

import inspect
import math
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SolverOptions:
    """What a sampler may be told besides its schedule; each goes only to the samplers whose step takes it.

    `eta` None is the sampler's own; `s_tmax` 0 means no upper end (Karras et al. 2022, algorithm 2, for the `s_`).
    """

    eta: float | None = None
    s_churn: float = 0.0
    s_tmin: float = 0.0
    s_tmax: float = 0.0
    s_noise: float = 1.0


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

    `timesteps` are those that are walked, one for each call of the model; `steps` is the number that was asked for.

    Args:
        sampler: a name in `webui.generation.samplers`.
        schedule: how the noise levels are spaced.
        steps: the number of steps of the whole schedule.
        config: the model's own scheduler configuration, which says what the model predicts and its betas.
        device: where the walk runs.
        options: what the sampler is told besides.
        strength: the share of the schedule that is walked, its end; as diffusers' img2img pipelines count it, but at
            least one step when above 0, and none at 0.
    """

    def __init__(
        self,
        *,
        sampler: str,
        schedule: Schedule,
        steps: int,
        config: Mapping[str, Any],
        device: torch.device,
        options: SolverOptions = SolverOptions(),
        strength: float = 1.0,
    ) -> None:
        solver = _SOLVERS[sampler]
        self.steps = steps
        self.scheduler = solver.scheduler.from_config(config, **_SCHEDULE_OPTIONS[schedule])
        self.scheduler.set_timesteps(steps, device=device)
        self._options = options
        self._variance_exploding = solver.variance_exploding
        whole = self.scheduler.timesteps
        self._calls = len(whole)
        self._begin = min(_skipped_steps(steps, strength) * self.scheduler.order, self._calls)
        if self._begin and hasattr(self.scheduler, "set_begin_index"):
            self.scheduler.set_begin_index(self._begin)
        self.timesteps: torch.Tensor = whole[self._begin :]
        self._sigmas = self._read_sigmas(whole)[self._begin :]

    def _read_sigmas(self, timesteps: torch.Tensor) -> list[float]:
        if hasattr(self.scheduler, "sigmas"):
            return [float(sigma) for sigma in self.scheduler.sigmas]
        kept = self.scheduler.alphas_cumprod[timesteps.cpu()].double().clamp(min=2**-24)
        return [*((1 - kept) / kept).sqrt().tolist(), 0.0]

    def step_options(self, generators: Sequence[torch.Generator]) -> dict[str, Any]:
        """What the scheduler's `step` takes besides the prediction: generators, for those that draw noise, and options.

        Options that are left at the sampler's own are left out.
        """
        options = self._options
        offered: dict[str, Any] = {"generator": list(generators)}
        if options.eta is not None:
            offered["eta"] = options.eta
        if options.s_noise != 1.0:
            offered["s_noise"] = options.s_noise
        if options.s_churn > 0:
            offered |= {"s_churn": options.s_churn, "s_tmin": options.s_tmin, "s_tmax": options.s_tmax or math.inf}
        known = inspect.signature(self.scheduler.step).parameters
        return {name: value for name, value in offered.items() if name in known}

    def sigma(self, index: int) -> float:
        """Noise over signal before walked step `index` (and after the last one for `len(timesteps)`)."""
        return self._sigmas[index]

    def progress(self, index: int) -> float:
        """The share of the whole schedule, 0 to 1, that lies before walked step `index`."""
        return self.step_number(index) / self._calls

    def step_number(self, index: int) -> int:
        """How many calls of the model lie before walked step `index` in the whole schedule."""
        return self._begin + index

    def start_from_noise(self, noise: torch.Tensor) -> torch.Tensor:
        """Where a walk from nothing begins: noise (batch, channels, h, w) at the schedule's first level."""
        return noise * self.scheduler.init_noise_sigma

    def noised(self, clean: torch.Tensor, noise: torch.Tensor, index: int = 0) -> torch.Tensor:
        """Clean latents with noise, (batch, channels, h, w) both, at the level before walked step `index`.

        This is the forward process (Ho et al. 2020, equation 4) in the sampler's own scaling; for `len(timesteps)` the
        latents come back as they are.
        """
        if index >= len(self.timesteps):
            return clean
        if self._variance_exploding:
            return clean + noise * self._sigmas[index]
        alpha, sigma = self._signal_and_noise(index)
        return clean * alpha + noise * sigma

    def clean_latents(self, prediction: torch.Tensor, noisy: torch.Tensor, index: int) -> torch.Tensor:
        """The picture that a prediction points at, before step `index`: x0 in float32, same shape as `noisy`."""
        alpha, _ = self._signal_and_noise(index)
        seen = noisy.float() * alpha if self._variance_exploding else noisy
        return self.clean_from_input(prediction, seen, index)

    def clean_from_input(self, prediction: torch.Tensor, model_input: torch.Tensor, index: int) -> torch.Tensor:
        """As `clean_latents`, from what the network saw (`scale_model_input`'s result).

        Source: Salimans & Ho 2022, appendix D (v: x0 = alpha x - sigma v; epsilon: x0 = (x - sigma eps) / alpha).
        """
        alpha, sigma = self._signal_and_noise(index)
        match self.scheduler.config.prediction_type:
            case "v_prediction":
                return alpha * model_input.float() - sigma * prediction.float()
            case "sample":
                return prediction.float()
            case _:
                return (model_input.float() - sigma * prediction.float()) / alpha

    def prediction_from_clean(self, clean: torch.Tensor, model_input: torch.Tensor, index: int) -> torch.Tensor:
        """The prediction that points at `clean`: the way back from `clean_from_input`, in float32."""
        alpha, sigma = self._signal_and_noise(index)
        match self.scheduler.config.prediction_type:
            case "v_prediction":
                return (alpha * model_input.float() - clean.float()) / sigma
            case "sample":
                return clean.float()
            case _:
                return (model_input.float() - alpha * clean.float()) / sigma

    def _signal_and_noise(self, index: int) -> tuple[float, float]:
        """What the network's input before walked step `index` is made of: alpha and sigma, of squares that add to 1."""
        sigma = self._sigmas[index]
        alpha = (1 + sigma**2) ** -0.5
        return alpha, sigma * alpha


def _skipped_steps(steps: int, strength: float) -> int:
    walked = min(int(steps * strength), steps)
    return steps - (max(walked, 1) if strength > 0 else walked)
