"""The catalogue of samplers and schedule types by name. `webui.diffusion.samplers` makes the schedulers."""

from dataclasses import dataclass
from enum import StrEnum


class Schedule(StrEnum):
    """How the noise levels are spaced along a walk."""

    AUTOMATIC = "Automatic"
    """As the model's own scheduler configuration says."""
    UNIFORM = "Uniform"
    """Timesteps evenly spaced from the first to the last (diffusers' `linspace`)."""
    SGM_UNIFORM = "SGM Uniform"
    """Evenly spaced and ending at the last training timestep (diffusers' `trailing`)."""
    KARRAS = "Karras"
    """Karras et al. 2022, equation 5, rho 7."""
    EXPONENTIAL = "Exponential"
    """Evenly spaced in log sigma."""


_SPACINGS = (Schedule.AUTOMATIC, Schedule.UNIFORM, Schedule.SGM_UNIFORM)
_SIGMAS = (*_SPACINGS, Schedule.KARRAS, Schedule.EXPONENTIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """A way to solve the denoising equation, as users know it.

    Args:
        name: the label that A1111 uses, which the infotext carries.
        schedules: the schedule types that its scheduler can follow.
        note: what to expect of it, in one short sentence, for the page.
    """

    name: str
    schedules: tuple[Schedule, ...]
    note: str


SAMPLERS: tuple[Sampler, ...] = (
    Sampler(name="DPM++ 2M", schedules=_SIGMAS, note="Sharp in 15 to 25 steps; a good default."),
    Sampler(name="Euler", schedules=_SIGMAS, note="The plainest; smooth and predictable."),
    Sampler(name="Euler a", schedules=_SPACINGS, note="Adds fresh noise at each step; never settles on one picture."),
    Sampler(name="DDIM", schedules=_SPACINGS, note="Deterministic; the classic for going back and forth."),
    Sampler(name="UniPC", schedules=_SIGMAS, note="Good pictures in 8 to 15 steps."),
)

DEFAULT_SAMPLER = SAMPLERS[0].name


def find_sampler(name: str) -> Sampler | None:
    """The sampler of that name, whatever its upper and lower case; None when there is none."""
    wanted = name.strip().casefold()
    return next((sampler for sampler in SAMPLERS if sampler.name.casefold() == wanted), None)


def find_schedule(name: str) -> Schedule | None:
    """The schedule type of that name, whatever its upper and lower case; None when there is none."""
    wanted = name.strip().casefold()
    return next((schedule for schedule in Schedule if schedule.value.casefold() == wanted), None)
