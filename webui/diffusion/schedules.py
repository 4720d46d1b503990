"""Where the noise levels of a schedule type lie, in numbers: sigmas and timesteps.

A level is named by its sigma, noise over signal, or by the training timestep that has it. `table` is always the
model's own: the sigma of each training timestep, float64, growing.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import stats

from webui.errors import GenerationFailed, WebUIError
from webui.generation.offered import NewSchedule, offered_schedules
from webui.generation.samplers import Schedule

Sigmas = np.ndarray
"""Noise levels, float64, of one dimension."""

OWN_SPACING: Mapping[str, Any] = {
    "use_karras_sigmas": False, "use_exponential_sigmas": False, "use_beta_sigmas": False, "use_lu_lambdas": False,
}  # fmt: skip

FLAGS: Mapping[str, Mapping[str, Any]] = {
    Schedule.UNIFORM: {"timestep_spacing": "linspace"},
    Schedule.SGM_UNIFORM: {"timestep_spacing": "trailing"},
    Schedule.DDIM: {"timestep_spacing": "leading", "steps_offset": 1},
    Schedule.KARRAS: {"use_karras_sigmas": True},
    Schedule.EXPONENTIAL: {"use_exponential_sigmas": True},
    Schedule.BETA: {"use_beta_sigmas": True},
}
"""How diffusers' schedulers are told a schedule type, where they know it."""

_KARRAS_RHO = 7.0
_BETA_SHAPE = 0.6

ALIGN_YOUR_STEPS = {
    "stable-diffusion": (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029),
    "stable-diffusion-xl": (14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029),
}
"""Ten steps each, as published: Sabour, Fidler, Kreis 2024, "Align Your Steps", quick start guide.

https://research.nvidia.com/labs/toronto-ai/AlignYourSteps/howto.html
"""


def spaced_timesteps(schedule: str, steps: int, count: int) -> np.ndarray:
    """Training timesteps of an evenly spaced schedule type, falling, int64; `count` is how many the model has."""
    position = np.arange(steps)
    match schedule:
        case Schedule.UNIFORM:
            return np.linspace(count - 1, 0, steps).round().astype(np.int64)
        case Schedule.SGM_UNIFORM:
            return (count - position * (count / steps)).round().astype(np.int64) - 1
        case Schedule.SIMPLE:
            return count - 1 - (position * (count / steps)).astype(np.int64)
        case Schedule.DDIM:
            return position[::-1] * (count // steps) + min(1, count // steps - 1)
        case _:
            raise ValueError(f"{schedule} is not a spacing of timesteps")


def spaced_sigmas(schedule: str, steps: int, table: Sigmas, *, architecture: str = "stable-diffusion") -> Sigmas:
    """The falling noise levels of a schedule type, `steps` of them, without the last one that is nothing.

    `architecture` chooses the table of Align Your Steps; one that has none takes Stable Diffusion's.
    """
    least, most = float(table[0]), float(table[-1])
    match schedule:
        case Schedule.KARRAS:
            roots = np.linspace(most ** (1 / _KARRAS_RHO), least ** (1 / _KARRAS_RHO), steps)
            return roots**_KARRAS_RHO
        case Schedule.EXPONENTIAL | Schedule.POLYEXPONENTIAL:
            return np.exp(np.linspace(np.log(most), np.log(least), steps))
        case Schedule.BETA:
            return table[_beta_timesteps(steps, len(table))]
        case Schedule.ALIGN_YOUR_STEPS:
            return _aligned(steps, most, ALIGN_YOUR_STEPS.get(architecture, ALIGN_YOUR_STEPS["stable-diffusion"]))
        case _:
            theirs = offered_sigmas(schedule, steps, least, most)
            return table[spaced_timesteps(schedule, steps, len(table))] if theirs is None else theirs


def offered_sigmas(schedule: str, steps: int, least: float, most: float) -> Sigmas | None:
    """The falling noise levels of an extension's schedule type, without the last one; None for one that is built in.

    Raises:
        GenerationFailed: what it gives is no such row of numbers.
    """
    new = next((each for each in offered_schedules() if each.name == schedule), None)
    if new is None or new.sigmas is None:
        return None
    try:
        levels = np.array([float(level) for level in new.sigmas(steps, least, most)], dtype=np.float64)
    except WebUIError:
        raise
    except Exception as error:
        raise _unusable(new, f"it could not be laid out ({type(error).__name__})") from error
    if len(levels) != steps + 1 or levels[-1] != 0 or not np.isfinite(levels).all() or not (np.diff(levels) < 0).all():
        raise _unusable(new, f"it must be {steps + 1} falling numbers that end with 0")
    return levels[:-1]


def _unusable(new: NewSchedule, why: str) -> GenerationFailed:
    return GenerationFailed(
        f"The schedule type '{new.name}' of the extension {new.extension} cannot be used: {why}.",
        hint="Choose another schedule type.", field="schedule",
    )  # fmt: skip


def sigmas_to_timesteps(sigmas: Sigmas, table: Sigmas) -> np.ndarray:
    """The training timesteps, float64 and between whole ones, that have these noise levels."""
    return np.interp(np.log(sigmas), np.log(table), np.arange(len(table)))


def _beta_timesteps(steps: int, count: int) -> np.ndarray:
    """Lee et al. 2024, "Beta Sampling is All You Need": quantiles of a beta distribution over the timesteps."""
    shares = stats.beta.ppf(1 - np.arange(steps) / steps, _BETA_SHAPE, _BETA_SHAPE)
    return (shares * (count - 1)).round().astype(np.int64)


def _aligned(steps: int, most: float, published: tuple[float, ...]) -> Sigmas:
    """The published levels for ten steps; for another number, read off between them on a logarithmic scale.

    The first is the model's own noisiest level, so that a walk from noise begins where the model was trained to.
    """
    read_at = np.linspace(0, 1, steps + 1)
    levels = np.exp(np.interp(read_at, np.linspace(0, 1, len(published)), np.log(published)))[:-1]
    levels[0] = most
    return levels
