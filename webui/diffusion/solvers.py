"""The table of solvers: diffusers' scheduler for each sampler of the catalogue, and how it is told what to follow."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

import numpy as np
import torch
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DEISMultistepScheduler,
    DPMSolverMultistepScheduler,
    DPMSolverSinglestepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    HeunDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
    SASolverScheduler,
    TCDScheduler,
    UniPCMultistepScheduler,
)

from webui.diffusion.brownian import SeededDPMSolverSDEScheduler
from webui.diffusion.dpm2 import DPM2AncestralScheduler, DPM2Scheduler
from webui.diffusion.flow import FlowEulerScheduler, FlowHeunScheduler, make_flow_scheduler, predicts_flow
from webui.diffusion.lms import LMSScheduler
from webui.diffusion.made_scheduler import made_scheduler
from webui.diffusion.schedules import (
    FLAGS,
    OWN_SPACING,
    Sigmas,
    sigmas_to_timesteps,
    spaced_sigmas,
    spaced_timesteps,
)
from webui.errors import InvalidRequest
from webui.generation.offered import SamplerPlan
from webui.generation.samplers import SAMPLERS, Sampler, Schedule, find_sampler, flow_twin

LEAST_SIGNAL = 2**-24
"""What diffusers takes for the share of signal where there is none, so that sigma stays finite (4096)."""


class Scaling(Enum):
    """How latents hold picture and noise."""

    PRESERVING = auto()
    """alpha * x0 + sigma_vp * noise, with squares that add to 1."""
    EXPLODING = auto()
    """x0 + sigma * noise; the network sees it divided by sqrt(sigma^2 + 1)."""
    FLOW = auto()
    """(1 - sigma) * x0 + sigma * noise, with sigma from 0 to 1."""


class Given(Enum):
    """How a scheduler is given a schedule type that its class has no flag for."""

    NEVER = auto()
    SIGMAS = auto()
    """In the place of its Karras sigmas, so that its own bookkeeping of middle points and last steps holds."""
    LEVELS = auto()
    """As its finished lists of sigmas and timesteps."""
    TIMESTEPS = auto()
    """As the timesteps that `set_timesteps` takes."""


def _at_middle(scheduler: Any, index: int) -> float:
    return float((scheduler.sigmas[index - 1] * scheduler.sigmas[index]) ** 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solver:
    """A row of the table.

    Args:
        scheduler: the class.
        options: what its constructor is told, whatever the model's configuration says.
        scaling: how its latents hold picture and noise.
        given: how it takes a schedule type without a flag.
        flags: whether its flags can be trusted to work.
        middle: for those that call the model in the middle of a step: the sigma there, (scheduler, call) -> sigma.
        order_from_start: whether its order counts the steps from the first of its list, so that a walk which begins
            later needs a list of its own.
        doubles_second: whether it calls the model twice at the second timestep of its walk, to better the first step.
        make: of an extension's sampler: makes its scheduler, for the levels that this row's class has.
    """

    scheduler: type[Any]
    options: Mapping[str, Any] = field(default_factory=dict)
    scaling: Scaling = Scaling.PRESERVING
    given: Given = Given.SIGMAS
    flags: bool = True
    middle: Callable[[Any, int], float] | None = None
    order_from_start: bool = False
    doubles_second: bool = False
    make: Callable[[SamplerPlan], Any] | None = None


def _dpm(**options: Any) -> dict[str, Any]:
    return {"algorithm_type": "dpmsolver++", "solver_order": 2, "lower_order_final": True} | options


_FLOWING = {"use_flow_sigmas": True, "prediction_type": "flow_prediction"}

SOLVERS: Mapping[str, Solver] = {
    "DPM++ 2M": Solver(scheduler=DPMSolverMultistepScheduler, options=_dpm()),
    "DPM++ SDE": Solver(scheduler=SeededDPMSolverSDEScheduler, scaling=Scaling.EXPLODING, middle=_at_middle),
    "DPM++ 2M SDE": Solver(
        scheduler=DPMSolverMultistepScheduler, options=_dpm(algorithm_type="sde-dpmsolver++")
    ),
    "DPM++ 2S a": Solver(scheduler=DPMSolverSinglestepScheduler, options=_dpm(algorithm_type="sde-dpmsolver++")),
    "DPM++ 3M SDE": Solver(
        scheduler=DPMSolverMultistepScheduler, options=_dpm(algorithm_type="sde-dpmsolver++", solver_order=3)
    ),
    "Euler a": Solver(
        scheduler=EulerAncestralDiscreteScheduler, scaling=Scaling.EXPLODING, given=Given.LEVELS
    ),
    "Euler": Solver(scheduler=EulerDiscreteScheduler, scaling=Scaling.EXPLODING),
    "LMS": Solver(scheduler=LMSScheduler, scaling=Scaling.EXPLODING, order_from_start=True),
    "Heun": Solver(scheduler=HeunDiscreteScheduler, scaling=Scaling.EXPLODING),
    "DPM2": Solver(
        scheduler=DPM2Scheduler, scaling=Scaling.EXPLODING,
        middle=lambda scheduler, index: float(scheduler.sigmas_interpol[index]),
    ),
    "DPM2 a": Solver(
        scheduler=DPM2AncestralScheduler, scaling=Scaling.EXPLODING,
        middle=lambda scheduler, index: float(scheduler.sigmas_interpol[index - 1]),
    ),
    "DDIM": Solver(scheduler=DDIMScheduler, given=Given.NEVER),
    "DDPM": Solver(scheduler=DDPMScheduler, given=Given.TIMESTEPS),
    "PLMS": Solver(
        scheduler=PNDMScheduler, options={"skip_prk_steps": True}, given=Given.NEVER, doubles_second=True
    ),
    "UniPC": Solver(scheduler=UniPCMultistepScheduler),
    "DEIS": Solver(
        scheduler=DEISMultistepScheduler,
        options={"algorithm_type": "deis", "solver_type": "logrho", "solver_order": 2},
    ),
    "LCM": Solver(scheduler=LCMScheduler, given=Given.TIMESTEPS, flags=False),
    "TCD": Solver(scheduler=TCDScheduler, given=Given.TIMESTEPS, flags=False),
    "SA-Solver": Solver(scheduler=SASolverScheduler, options={"algorithm_type": "data_prediction"}),
    "Euler (flow)": Solver(scheduler=FlowEulerScheduler, scaling=Scaling.FLOW),
    "Heun (flow)": Solver(scheduler=FlowHeunScheduler, scaling=Scaling.FLOW),
    "DPM++ 2M (flow)": Solver(
        scheduler=DPMSolverMultistepScheduler, options=_dpm(**_FLOWING), scaling=Scaling.FLOW
    ),
    "UniPC (flow)": Solver(scheduler=UniPCMultistepScheduler, options=_FLOWING, scaling=Scaling.FLOW),
}  # fmt: skip


def walking_sampler(sampler: str, config: Mapping[str, Any]) -> Sampler:
    """The sampler that walks a model where one of that name is asked for: itself, or its twin for the other kind.

    Raises:
        InvalidRequest: it has no twin.
    """
    row = find_sampler(sampler)
    assert row is not None
    found = row if row.flow == predicts_flow(config) else flow_twin(row)
    if found is None:
        raise InvalidRequest(
            f"sampler: {row.name} walks a noise-predicting model, and this is a flow-matching one.",
            hint=f"Choose one of {', '.join(each.name for each in SAMPLERS if not each.flow and flow_twin(each))}.",
            field="sampler",
        )
    return found


def solver_for(sampler: str, config: Mapping[str, Any]) -> Solver:
    """The row of the sampler that walks a model.

    Raises:
        InvalidRequest: the sampler walks the other kind of model alone.
    """
    return solver_of(walking_sampler(sampler, config))


def solver_of(row: Sampler) -> Solver:
    """The row of a sampler's name; an extension's goes along the levels of Euler's method.

    Raises:
        InvalidRequest: its extension is not at work in this process.
    """
    if row.make is not None:
        return replace(SOLVERS["Euler (flow)" if row.flow else "Euler"], make=row.make)
    if row.name not in SOLVERS:
        raise InvalidRequest(
            f"sampler: the extension that brings {row.name} is not at work.",
            hint="Choose another sampler, or look at its card under Extensions.", field="sampler",
        )  # fmt: skip
    return SOLVERS[row.name]


def make_scheduler(
    solver: Solver,
    schedule: str,
    steps: int,
    config: Mapping[str, Any],
    *,
    device: torch.device,
    architecture: str = "stable-diffusion",
    shift: float | None = None,
) -> Any:
    """A fresh scheduler with its timesteps set: `steps` of them, or as many times more as its order says.

    Raises:
        GenerationFailed: an extension's sampler or schedule type does not give what can be walked.
    """
    if solver.make is not None:
        euler = make_scheduler(
            replace(solver, make=None), schedule, steps, config, device=device, architecture=architecture, shift=shift
        )
        return made_scheduler(solver.make, euler, config, flow=solver.scaling is Scaling.FLOW, device=device)
    if solver.scaling is Scaling.FLOW:
        return make_flow_scheduler(
            solver.scheduler, schedule, steps, config, device=device, options=solver.options, shift=shift
        )
    by_flag = _is_told_by_flag(solver, schedule, steps, config)
    options = dict(solver.options)
    if schedule != Schedule.AUTOMATIC:
        options |= OWN_SPACING
    if by_flag:
        options |= FLAGS.get(schedule, {})
    elif solver.given == Given.SIGMAS:
        options |= {**OWN_SPACING, "use_karras_sigmas": True}
    known = _constructor_of(solver)
    if config.get("rescale_betas_zero_snr") and "rescale_betas_zero_snr" not in known:
        options["trained_betas"] = _zero_snr_betas(config)
    scheduler = solver.scheduler.from_config(config, **{name: v for name, v in options.items() if name in known})
    if by_flag:
        scheduler.set_timesteps(steps, device=device)
        if solver.given == Given.NEVER and _has_one_too_many(solver, schedule, steps, config):
            scheduler.timesteps = scheduler.timesteps[:-1]
    else:
        named = Schedule.SGM_UNIFORM if schedule == Schedule.AUTOMATIC else schedule
        _GIVERS[solver.given](scheduler, named, steps, device, architecture)
    return scheduler


def _is_told_by_flag(solver: Solver, schedule: str, steps: int, config: Mapping[str, Any]) -> bool:
    if solver.given == Given.NEVER:
        return True
    if _has_one_too_many(solver, schedule, steps, config):
        return False
    if schedule == Schedule.AUTOMATIC:
        return solver.flags or steps <= int(config.get("original_inference_steps", 50))
    if schedule == Schedule.BETA and config.get("rescale_betas_zero_snr"):
        # Diffusers spreads the beta distribution over sigma, which leaves no step at all below some twenty where
        # sigma begins at thousands; the paper's spread over timesteps does not mind.
        return False
    return solver.flags and schedule in FLAGS and set(FLAGS[schedule]) <= set(_constructor_of(solver))


def _has_one_too_many(solver: Solver, schedule: str, steps: int, config: Mapping[str, Any]) -> bool:
    """Whether diffusers' `trailing` timesteps come out one too many, by rounding: for 61 steps of 1000, for example.

    The surplus one is -1, which stands for the noisiest level.
    """
    if "timestep_spacing" not in _constructor_of(solver) or schedule not in (Schedule.AUTOMATIC, Schedule.SGM_UNIFORM):
        return False
    if schedule == Schedule.AUTOMATIC and config.get("timestep_spacing") != "trailing":
        return False
    count = int(config.get("num_train_timesteps", 1000))
    return len(np.arange(count, 0, -count / steps)) > steps


def _give_timesteps(scheduler: Any, schedule: str, steps: int, device: torch.device, architecture: str) -> None:
    timesteps = spaced_timesteps(schedule, steps, scheduler.config.num_train_timesteps)
    scheduler.set_timesteps(timesteps=timesteps.tolist(), device=device)


def _give_sigmas(scheduler: Any, schedule: str, steps: int, device: torch.device, architecture: str) -> None:
    table = _sigma_table(scheduler)
    sigmas = spaced_sigmas(schedule, steps, table, architecture=architecture)
    scheduler._convert_to_karras = lambda in_sigmas, num_inference_steps=None: sigmas
    scheduler.set_timesteps(steps, device=device)
    if scheduler.sigmas[-1] > table[0]:
        # Those that do not end at nothing end at the last sigma given, which need not be the least.
        scheduler.sigmas[-1] = float(table[0])


def _give_levels(scheduler: Any, schedule: str, steps: int, device: torch.device, architecture: str) -> None:
    table = _sigma_table(scheduler)
    sigmas = spaced_sigmas(schedule, steps, table, architecture=architecture)
    scheduler.set_timesteps(steps, device=device)
    scheduler.sigmas = torch.tensor([*sigmas, 0.0], dtype=torch.float32)
    scheduler.timesteps = torch.tensor(sigmas_to_timesteps(sigmas, table), dtype=torch.float32, device=device)


_GIVERS: Mapping[Given, Callable[[Any, str, int, torch.device, str], None]] = {
    Given.SIGMAS: _give_sigmas,
    Given.LEVELS: _give_levels,
    Given.TIMESTEPS: _give_timesteps,
}


def _constructor_of(solver: Solver) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(solver.scheduler.__init__).parameters


def _sigma_table(scheduler: Any) -> Sigmas:
    kept = scheduler.alphas_cumprod.double().cpu().numpy()
    return np.sqrt((1 - kept) / kept)


def _zero_snr_betas(config: Mapping[str, Any]) -> list[float]:
    """The betas of a schedule that ends in pure noise, for schedulers that do not know of such.

    Source: Lin et al. 2024, "Common Diffusion Noise Schedules and Sample Steps are Flawed", algorithm 1, as
    diffusers has it; the last level keeps `LEAST_SIGNAL`, as diffusers' own Euler and DPM-Solver schedulers do.
    """
    scheduler: Any = DDIMScheduler.from_config(dict(config))
    kept = scheduler.alphas_cumprod.double().clamp(min=LEAST_SIGNAL)
    return (1 - kept / torch.cat([torch.ones(1, dtype=kept.dtype), kept[:-1]])).tolist()
