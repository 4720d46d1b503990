"""A walk's schedule: diffusers' scheduler for a sampler and a schedule type, and its noise levels.

Two conventions meet here. Some schedulers (Euler's and their kin) hold latents as `x0 + sigma * noise`; the others
hold them as `alpha * x0 + sigma_vp * noise` with alpha^2 + sigma_vp^2 = 1. `NoiseSchedule` speaks of sigma in the
first sense (noise over signal, Karras et al. 2022) for both.
"""

import inspect
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch

from webui.diffusion.solvers import LEAST_SIGNAL, Scaling, make_scheduler, solver_of, walking_sampler
from webui.generation.samplers import Schedule
from webui.generation.trajectory import RecordedPass

_MOST_ETA_FROM_PURE_NOISE = 1.0 - 1e-6
"""At 1, where a walk begins in pure noise, diffusers takes the root of what rounding may have put below 0."""


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
class _Level:
    """What the network's input is made of: the factor of x0 and that of the noise."""

    signal: float
    noise: float

    @classmethod
    def of_sigma(cls, sigma: float) -> Self:
        """The level of a sigma (noise over signal), with squares that add to 1."""
        signal = (1 + sigma**2) ** -0.5
        return cls(signal=signal, noise=sigma * signal)

    @property
    def sigma(self) -> float:
        """Noise over signal."""
        return self.noise / max(self.signal, LEAST_SIGNAL**0.5)


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
        strength: the share of the schedule that is walked, its end (see `walked_steps`).
        begin: how many of the steps are left out at the start, in the place of `strength`.
        shift: of a flow-matching model's noise levels; None is the configuration's own.
        architecture: which table `Schedule.ALIGN_YOUR_STEPS` takes, a key of `schedules.ALIGN_YOUR_STEPS`.

    Raises:
        InvalidRequest: the model is a flow-matching one, and the sampler has no twin for these.
    """

    def __init__(
        self,
        *,
        sampler: str,
        schedule: str,
        steps: int,
        config: Mapping[str, Any],
        device: torch.device,
        options: SolverOptions = SolverOptions(),
        strength: float = 1.0,
        begin: int | None = None,
        architecture: str = "stable-diffusion",
        shift: float | None = None,
    ) -> None:
        walking = walking_sampler(sampler, config)
        solver = self._solver = solver_of(walking)
        followed = schedule if schedule in walking.followed else Schedule.AUTOMATIC
        self.steps = steps
        self._names = (sampler, schedule)
        self._shift = shift
        self.scheduler = make_scheduler(
            solver, followed, steps, config, device=device, architecture=architecture, shift=shift
        )
        self._options = options
        self._most_eta = _MOST_ETA_FROM_PURE_NOISE if config.get("rescale_betas_zero_snr") else math.inf
        self._calls = len(self.scheduler.timesteps)
        skipped = self._skipped = steps - walked_steps(steps, strength, flow=walking.flow) if begin is None else begin
        self._begin = min(skipped * self.scheduler.order, self._calls) if skipped < steps else self._calls
        self.timesteps: torch.Tensor = self._walked()
        self._levels = self._read_levels()
        self._tell_scheduler_where_to_begin()

    def _walked(self) -> torch.Tensor:
        whole = self.scheduler.timesteps
        if not (self._solver.doubles_second and self._begin):
            return whole[self._begin :]
        steps = torch.unique_consecutive(whole)[self._begin :]
        return torch.cat([steps[:1], steps[1:2], steps[1:]])

    def _read_levels(self) -> list[_Level]:
        """The level before each call of the walk, and the one after the last."""
        scheduler, middle = self.scheduler, self._solver.middle
        if not hasattr(scheduler, "sigmas"):
            kept = scheduler.alphas_cumprod.cpu().double()[self.timesteps.cpu().long()].tolist()
            return [*(_Level(signal=share**0.5, noise=(1 - share) ** 0.5) for share in kept), _Level.of_sigma(0.0)]
        sigmas = [float(sigma) for sigma in scheduler.sigmas[: self._calls + 1]]
        if middle is not None:
            sigmas[1:-1:2] = [middle(scheduler, call) for call in range(1, self._calls, 2)]
        if self._solver.scaling == Scaling.FLOW:
            return [_Level(signal=1 - sigma, noise=sigma) for sigma in sigmas[self._begin :]]
        return [_Level.of_sigma(sigma) for sigma in sigmas[self._begin :]]

    def _tell_scheduler_where_to_begin(self) -> None:
        """Left to itself, a scheduler would look its first timestep up, and miss it where two in a row are the same."""
        begin = self._begin
        if begin and self._solver.order_from_start:
            self.scheduler.timesteps, self.scheduler.sigmas = self.timesteps, self.scheduler.sigmas[begin:]
            begin = 0
        if hasattr(self.scheduler, "set_begin_index"):
            self.scheduler.set_begin_index(begin)

    def step_options(self, generators: Sequence[torch.Generator]) -> dict[str, Any]:
        """What the scheduler's `step` takes besides the prediction: generators, for those that draw noise, and options.

        Options that are left at the sampler's own are left out.
        """
        if hasattr(self.scheduler, "noise_sampler_seed"):
            seeds = [generator.initial_seed() for generator in generators]
            if self.scheduler.noise_sampler_seed != seeds:
                self.scheduler.noise_sampler_seed, self.scheduler.noise_sampler = seeds, None
        options = self._options
        offered: dict[str, Any] = {"generator": list(generators)}
        if options.eta is not None:
            offered["eta"] = min(options.eta, self._most_eta)
        if options.s_noise != 1.0:
            offered["s_noise"] = options.s_noise
        if options.s_churn > 0:
            offered |= {"s_churn": options.s_churn, "s_tmin": options.s_tmin, "s_tmax": options.s_tmax or math.inf}
        known = inspect.signature(self.scheduler.step).parameters
        return {name: value for name, value in offered.items() if name in known}

    def plan(self, *, second: bool = False) -> RecordedPass:
        """What a recording says of a pass along this schedule; `second` marks that of the hires fix."""
        sampler, schedule = self._names
        options = {name: getattr(self._options, name) for name in ("eta", "s_churn", "s_tmin", "s_tmax", "s_noise")}
        return RecordedPass(
            sampler=sampler,
            schedule=str(schedule),
            steps=self.steps,
            begin=self._skipped,
            second=second,
            timesteps=tuple(self.timesteps.tolist()),
            sigmas=tuple(self.sigma(index) for index in range(len(self.timesteps) + 1)),
            shift=self._shift,
            **options,
        )

    def sigma(self, index: int) -> float:
        """Noise over signal before walked step `index` (and after the last one for `len(timesteps)`)."""
        return self._levels[index].sigma

    def progress(self, index: int) -> float:
        """The share of the whole schedule, 0 to 1, that lies before walked step `index`."""
        return self.step_number(index) / self._calls

    def step_number(self, index: int) -> int:
        """How many calls of the model lie before walked step `index` in the whole schedule."""
        return self._begin + index

    def nearest_step(self, sigma: float) -> int:
        """The step of a schedule walked from its first one whose noise level is nearest, in log sigma."""
        order, doubled = self.scheduler.order, self._solver.doubles_second
        calls = [step * order + (doubled and step > 1) for step in range(self.steps)]
        return min(range(self.steps), key=lambda step: abs(math.log(self.sigma(calls[step]) / sigma)))

    def start_from_noise(self, noise: torch.Tensor) -> torch.Tensor:
        """Where a walk from nothing begins: noise (batch, channels, h, w) at the schedule's first level."""
        return noise * getattr(self.scheduler, "init_noise_sigma", 1.0)

    def noised(self, clean: torch.Tensor, noise: torch.Tensor, index: int = 0) -> torch.Tensor:
        """Clean latents with noise, (batch, channels, h, w) both, at the level before walked step `index`.

        This is the forward process (Ho et al. 2020, equation 4) in the sampler's own scaling; for `len(timesteps)` the
        latents come back as they are.
        """
        if index >= len(self.timesteps):
            return clean
        level = self._levels[index]
        # In the latents' dtype throughout, as the schedulers' `add_noise` does: in bf16 other roundings would show.
        if self._solver.scaling == Scaling.FLOW:
            share = torch.tensor(level.noise).to(clean)
            return share * noise + (1 - share) * clean
        if not hasattr(self.scheduler, "sigmas"):
            kept = torch.tensor(level.signal**2).to(clean)
            return kept**0.5 * clean + (1 - kept) ** 0.5 * noise
        sigma = torch.tensor(level.sigma).to(clean)
        if self._solver.scaling == Scaling.EXPLODING:
            return clean + noise * sigma
        signal = 1 / (sigma**2 + 1) ** 0.5
        return signal * clean + sigma * signal * noise

    def noise_in(self, latents: torch.Tensor, clean: torch.Tensor, index: int = 0) -> torch.Tensor:
        """The noise that takes clean latents to these before step `index`: the way back from `noised`, in float32."""
        level, clean = self._levels[index], clean.float()
        if self._solver.scaling == Scaling.EXPLODING:
            return (latents.float() - clean) / level.sigma
        return (latents.float() - level.signal * clean) / level.noise

    def as_seen(self, latents: torch.Tensor, sigma: float) -> torch.Tensor:
        """Latents at a noise level as the network sees them, in float32: of unit variance, whatever the sampler."""
        seen = latents.float()
        return seen / (1 + sigma**2) ** 0.5 if self._solver.scaling == Scaling.EXPLODING else seen

    def clean_latents(self, prediction: torch.Tensor, noisy: torch.Tensor, index: int) -> torch.Tensor:
        """The picture that a prediction points at, before step `index`: x0 in float32, same shape as `noisy`."""
        exploding = self._solver.scaling == Scaling.EXPLODING
        seen = noisy.float() * self._levels[index].signal if exploding else noisy
        return self.clean_from_input(prediction, seen, index)

    def clean_from_input(self, prediction: torch.Tensor, model_input: torch.Tensor, index: int) -> torch.Tensor:
        """As `clean_latents`, from what the network saw (`scale_model_input`'s result).

        Sources: Salimans & Ho 2022, appendix D (v: x0 = alpha x - sigma v; epsilon: x0 = (x - sigma eps) / alpha);
        Lipman et al. 2023 (flow: x0 = x - sigma v).
        """
        level, seen, output = self._levels[index], model_input.float(), prediction.float()
        match self._predicts:
            case "v_prediction":
                return level.signal * seen - level.noise * output
            case "sample":
                return output
            case "flow_prediction":
                return seen - level.noise * output
            case _:
                return (seen - level.noise * output) / level.signal

    def prediction_from_clean(self, clean: torch.Tensor, model_input: torch.Tensor, index: int) -> torch.Tensor:
        """The prediction that points at `clean`: the way back from `clean_from_input`, in float32."""
        level, seen = self._levels[index], model_input.float()
        match self._predicts:
            case "v_prediction":
                return (level.signal * seen - clean.float()) / level.noise
            case "sample":
                return clean.float()
            case "flow_prediction":
                return (seen - clean.float()) / level.noise
            case _:
                return (seen - level.signal * clean.float()) / level.noise

    @property
    def _predicts(self) -> str:
        flows = self._solver.scaling == Scaling.FLOW
        return "flow_prediction" if flows else self.scheduler.config.prediction_type


def walked_steps(steps: int, strength: float, *, flow: bool = False) -> int:
    """How many of the steps are walked at a strength: at least one where it is above 0.

    As diffusers' img2img pipelines count: rounded down, and up for flow-matching models.
    """
    walked = steps - int(max(steps - steps * strength, 0)) if flow else int(steps * strength)
    return max(min(walked, steps), 1 if strength > 0 else 0)
