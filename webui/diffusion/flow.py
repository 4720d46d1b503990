"""Schedulers for flow matching: diffusers' own, told a schedule type and how far the noise levels are shifted.

Latents are (1 - sigma) * x0 + sigma * noise with sigma from 1 to 0 (Lipman et al. 2023). A shift above 1 spends more
steps where there is much noise, as large pictures want it (Esser et al. 2024, equation 23).
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, FlowMatchHeunDiscreteScheduler

from webui.diffusion.schedules import FLAGS, OWN_SPACING, offered_sigmas
from webui.generation.samplers import Schedule

_LEAST_SIGNAL = 1e-6
"""The share of the picture where there is none, for solvers that take its logarithm; as diffusers' UniPC has it."""


class _SeesLatentsAsTheyAre:
    def scale_model_input(self, sample: torch.Tensor, timestep: float | torch.Tensor) -> torch.Tensor:
        """The latents (batch, channels, h, w) as they are: flow models see what is stepped."""
        return sample


class FlowEulerScheduler(_SeesLatentsAsTheyAre, FlowMatchEulerDiscreteScheduler):
    """Euler's method along a flow (Lipman et al. 2023)."""


class FlowHeunScheduler(_SeesLatentsAsTheyAre, FlowMatchHeunDiscreteScheduler):
    """Heun's method along a flow."""


def predicts_flow(config: Mapping[str, Any]) -> bool:
    """Whether a model's scheduler configuration says that it was trained by flow matching."""
    kind = str(config.get("_class_name", ""))
    return config.get("prediction_type") == "flow_prediction" or kind.startswith("FlowMatch")


def own_shift(config: Mapping[str, Any]) -> float:
    """The shift that a configuration names; where it depends on the picture's size, that of the largest one."""
    if config.get("use_dynamic_shifting"):
        most = float(config.get("max_shift") or 1.15)
        return most if config.get("time_shift_type") == "linear" else math.exp(most)
    return float(config.get("shift") or config.get("flow_shift") or 1.0)


def make_flow_scheduler(
    kind: type[Any],
    schedule: str,
    steps: int,
    config: Mapping[str, Any],
    *,
    device: torch.device,
    options: Mapping[str, Any],
    shift: float | None,
) -> Any:
    """A fresh scheduler with its timesteps set.

    `AUTOMATIC` is what the class does by itself, or, where the configuration says so under `flow_spacing` ("trailing"),
    what the model's pipeline tells diffusers' Euler: even steps from 1 down. Other schedule types are laid out as
    Euler's scheduler has them, whichever steps along them.

    Args:
        kind: `FlowEulerScheduler`, `FlowHeunScheduler`, or a class with `use_flow_sigmas`.
        options: what its constructor is told.
        shift: of the noise levels; None is the configuration's own.
    """
    shift = own_shift(config) if shift is None else shift
    if kind is FlowEulerScheduler:
        return _euler(schedule, steps, config, device=device, shift=shift)
    told = {name: value for name, value in config.items() if name not in ("use_dynamic_shifting", "flow_spacing")}
    scheduler = kind.from_config({**told, **options, "shift": shift, "flow_shift": shift})
    scheduler.set_timesteps(steps, device=device)
    if schedule != Schedule.AUTOMATIC:
        laid_out: Any = _euler(schedule, steps, config, device=device, shift=shift)
        _give(scheduler, laid_out.sigmas, device)
    return scheduler


def _euler(
    schedule: str, steps: int, config: Mapping[str, Any], *, device: torch.device, shift: float
) -> FlowEulerScheduler:
    told = {name: value for name, value in config.items() if name != "flow_spacing"}
    if schedule != Schedule.AUTOMATIC:
        told |= {**OWN_SPACING, **FLAGS.get(schedule, {})}
    dynamic = bool(config.get("use_dynamic_shifting"))
    mu = (shift if config.get("time_shift_type") == "linear" else math.log(shift)) if dynamic else None
    scheduler: Any = FlowEulerScheduler.from_config(told if dynamic else {**told, "shift": shift})
    evenly = schedule in (Schedule.SGM_UNIFORM, Schedule.SIMPLE)
    theirs = offered_sigmas(schedule, steps, 1 / int(config.get("num_train_timesteps", 1000)), 1.0)
    if theirs is not None:
        scheduler.set_timesteps(sigmas=theirs, mu=mu, device=device)
    elif evenly or (schedule == Schedule.AUTOMATIC and config.get("flow_spacing") == "trailing"):
        scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps), mu=mu, device=device)
    else:
        scheduler.set_timesteps(steps, mu=mu, device=device)
    return scheduler


def _give(scheduler: Any, sigmas: torch.Tensor, device: torch.device) -> None:
    """Puts noise levels, and the timesteps that have them, in the place of a scheduler's own."""
    levels = sigmas.to("cpu", torch.float32)
    timesteps = levels[:-1] * scheduler.config.num_train_timesteps
    if isinstance(scheduler, FlowHeunScheduler):
        levels = torch.cat([levels[:1], levels[1:-1].repeat_interleave(2), levels[-1:]])
        timesteps = torch.cat([timesteps[:1], timesteps[1:].repeat_interleave(2)])
    else:
        levels = torch.cat([levels[:1].clamp(max=1 - _LEAST_SIGNAL), levels[1:]])
    scheduler.sigmas, scheduler.timesteps = levels, timesteps.to(device)
