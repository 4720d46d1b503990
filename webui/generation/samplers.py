"""The catalogue of samplers and schedule types by name. `webui.diffusion.solvers` has the solver of each.

Extensions add to both (`webui.generation.offered`): what is found here may be theirs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from webui.generation.offered import NewSampler, SamplerPlan, offered_samplers, offered_schedules, plain_name


class Schedule(StrEnum):
    """How the noise levels are spaced along a walk. The values are A1111's labels."""

    AUTOMATIC = "Automatic"
    """As the model's own scheduler configuration says."""
    UNIFORM = "Uniform"
    """Timesteps evenly spaced from the last to the first (diffusers' `linspace`)."""
    KARRAS = "Karras"
    """Karras et al. 2022, equation 5, rho 7."""
    EXPONENTIAL = "Exponential"
    """Evenly spaced in log sigma."""
    POLYEXPONENTIAL = "Polyexponential"
    """Spaced in log sigma by a power, of 1 as in A1111's settings: then the same as `EXPONENTIAL`."""
    SGM_UNIFORM = "SGM Uniform"
    """Timesteps evenly spaced, beginning at the last training timestep (diffusers' `trailing`)."""
    SIMPLE = "Simple"
    """Every n-th of the model's noise levels, counted from the noisiest."""
    BETA = "Beta"
    """More steps at both ends, by a beta distribution (Lee et al. 2024)."""
    ALIGN_YOUR_STEPS = "Align Your Steps"
    """Levels found by optimisation for Stable Diffusion (Sabour et al. 2024)."""
    DDIM = "DDIM"
    """Timesteps evenly spaced, ending at the first (diffusers' `leading`)."""


_EVERY = tuple(Schedule)
_SPACINGS = (Schedule.AUTOMATIC, Schedule.UNIFORM, Schedule.SGM_UNIFORM, Schedule.SIMPLE, Schedule.DDIM)
_EVEN = (Schedule.AUTOMATIC, Schedule.SGM_UNIFORM, Schedule.DDIM)
_FLOW = (
    Schedule.AUTOMATIC, Schedule.KARRAS, Schedule.EXPONENTIAL, Schedule.SGM_UNIFORM, Schedule.SIMPLE, Schedule.BETA,
)  # fmt: skip
_CHURN = ("s_churn", "s_tmin", "s_tmax", "s_noise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """A way to solve the denoising equation, as users know it.

    Args:
        name: the label that A1111 uses, which the infotext carries.
        schedules: the schedule types, of those that are built in, that its scheduler can follow.
        note: what to expect of it, in one short sentence, for the page.
        takes: the fields of a request, of those under Advanced, that it listens to.
        aliases: how the names of other programs spell it, in lower case with spaces.
        order: how many calls of the model a step takes; prompt editing counts these.
        flow: whether it walks models of the flow-matching kind, and only those.
        make: makes the scheduler of one that an extension brings, in the process that walks; None for all others.
    """

    name: str
    schedules: tuple[Schedule, ...]
    note: str
    takes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    order: int = 1
    flow: bool = False
    make: Callable[[SamplerPlan], Any] | None = None

    @property
    def followed(self) -> tuple[str, ...]:
        """Every schedule type that it can follow, those of extensions too if it can be given noise levels."""
        theirs = (each.name for each in offered_schedules()) if Schedule.KARRAS in self.schedules else ()
        return (*self.schedules, *theirs)


SAMPLERS: tuple[Sampler, ...] = (
    Sampler(
        name="DPM++ 2M", schedules=_EVERY, note="Sharp in 15 to 25 steps; a good default.",
        aliases=("dpmpp 2m",),
    ),
    Sampler(
        name="DPM++ SDE", schedules=_EVERY, note="Rich in detail; adds noise on the way, two model calls a step.",
        takes=("s_noise",), aliases=("dpmpp sde", "dpmpp sde gpu"), order=2,
    ),
    Sampler(
        name="DPM++ 2M SDE", schedules=_EVERY, note="As DPM++ 2M, with fresh noise at each step: more texture.",
        aliases=("dpmpp 2m sde", "dpmpp 2m sde gpu"),
    ),
    Sampler(
        name="DPM++ 2S a", schedules=_EVERY,
        note="Adds noise on the way. Diffusers' nearest: two steps share a pair of model calls.",
        aliases=("dpmpp 2s a", "dpmpp 2s ancestral"),
    ),
    Sampler(
        name="DPM++ 3M SDE", schedules=_EVERY, note="As DPM++ 2M SDE, of third order: from 30 steps on.",
        aliases=("dpmpp 3m sde", "dpmpp 3m sde gpu"),
    ),
    Sampler(
        name="Euler a", schedules=_EVERY, note="Adds fresh noise at each step; never settles on one picture.",
        aliases=("euler ancestral",),
    ),
    Sampler(name="Euler", schedules=_EVERY, note="The plainest; smooth and predictable.", takes=_CHURN),
    Sampler(name="LMS", schedules=_EVERY, note="Reuses the last four predictions; from 20 steps on."),
    Sampler(name="Heun", schedules=_EVERY, note="Corrects each Euler step; two model calls a step.", order=2),
    Sampler(
        name="DPM2", schedules=_EVERY, note="Looks at the middle of each step; two model calls a step.",
        aliases=("dpm 2",), order=2,
    ),
    Sampler(
        name="DPM2 a", schedules=_EVERY, note="As DPM2, with fresh noise at each step.",
        aliases=("dpm 2 a", "dpm 2 ancestral", "dpm2 ancestral"), order=2,
    ),
    Sampler(
        name="DDIM", schedules=_EVEN, note="The classic for going back and forth; adds noise only with eta above 0.",
        takes=("eta",),
    ),
    Sampler(name="DDPM", schedules=_SPACINGS, note="The original: adds noise at each step; wants 50 steps and more."),
    Sampler(name="PLMS", schedules=_EVEN, note="The first Stable Diffusion's own; one more model call than steps."),
    Sampler(
        name="UniPC", schedules=_EVERY, note="Good pictures in 8 to 15 steps.",
        aliases=("uni pc", "uni pc bh2"),
    ),
    Sampler(name="DEIS", schedules=_EVERY, note="Close to DPM++ 2M; smooth in 10 to 20 steps."),
    Sampler(name="LCM", schedules=_SPACINGS, note="For latent consistency models: 4 to 8 steps, CFG scale 1 to 2."),
    Sampler(
        name="TCD", schedules=_SPACINGS, note="For trajectory consistency models: 4 to 8 steps; eta sets the noise.",
        takes=("eta",),
    ),
    Sampler(
        name="SA-Solver", schedules=_EVERY, note="Adds noise in the middle of the walk; smooth from 20 steps on.",
        aliases=("sa solver",),
    ),
    Sampler(name="Euler (flow)", schedules=_FLOW, note="For flow-matching models: the plainest.", flow=True),
    Sampler(
        name="Heun (flow)", schedules=_FLOW, takes=_CHURN, order=2, flow=True,
        note="For flow-matching models: corrects each step; two model calls a step.",
    ),
    Sampler(
        name="DPM++ 2M (flow)", schedules=_FLOW, note="For flow-matching models: sharp in 15 to 25 steps.", flow=True,
    ),
    Sampler(name="UniPC (flow)", schedules=_FLOW, note="For flow-matching models: in 10 to 20 steps.", flow=True),
)  # fmt: skip

DEFAULT_SAMPLER = SAMPLERS[0].name

_WORDS_OF_A_SCHEDULE = 3
_FLOW_ENDING = " (flow)"
_SCHEDULE_ALIASES = {"ays": Schedule.ALIGN_YOUR_STEPS, "normal": Schedule.UNIFORM, "ddim uniform": Schedule.DDIM}


def every_sampler() -> tuple[Sampler, ...]:
    """The samplers that are built in and those of extensions, the default first."""
    return (*SAMPLERS, *map(_row_of, offered_samplers()))


def every_schedule() -> tuple[str, ...]:
    """The schedule types that are built in and those of extensions."""
    return (*Schedule, *(each.name for each in offered_schedules()))


def _row_of(new: NewSampler) -> Sampler:
    return Sampler(
        name=new.name, schedules=_FLOW if new.flow else _EVERY, note=new.note, takes=new.takes, aliases=new.aliases,
        order=new.order, flow=new.flow, make=new.make,
    )  # fmt: skip


def find_sampler(name: str) -> Sampler | None:
    """The sampler of that name, whatever its case and spelling ('k_euler_a'); None when there is none."""
    wanted = plain_name(name)
    for sampler in every_sampler():
        spellings = (plain_name(sampler.name), *sampler.aliases)
        if wanted in spellings or wanted.removeprefix("k ") in spellings:
            return sampler
    return None


def flow_twin(sampler: Sampler) -> Sampler | None:
    """The same method for flow-matching models, or from these back to the others; None where there is none."""
    name = sampler.name.removesuffix(_FLOW_ENDING) if sampler.flow else sampler.name + _FLOW_ENDING
    return next((each for each in every_sampler() if each.name == name), None)


def find_schedule(name: str) -> str | None:
    """The schedule type of that name, whatever its case and spelling ('sgm_uniform'); None when there is none."""
    wanted = plain_name(name)
    found = next((schedule for schedule in every_schedule() if plain_name(schedule) == wanted), None)
    return str(found or _SCHEDULE_ALIASES.get(wanted) or "") or None


def find_fused(name: str) -> tuple[Sampler, str | None] | None:
    """The sampler of a name that may end in a schedule type ('DPM++ 2M Karras'), and that schedule type."""
    sampler = find_sampler(name)
    if sampler is not None:
        return sampler, None
    words = plain_name(name).split()
    for cut in range(1, len(words))[-_WORDS_OF_A_SCHEDULE:]:
        sampler, schedule = find_sampler(" ".join(words[:cut])), find_schedule(" ".join(words[cut:]))
        if sampler is not None and schedule is not None:
            return sampler, schedule
    return None
