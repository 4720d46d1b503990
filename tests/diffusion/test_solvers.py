"""Each sampler's walk is diffusers' own, where diffusers has the same combination."""

from typing import Any

import diffusers
import pytest
import torch

from tests.diffusion.walks import CLEAN, EPSILON, FLOW, SHAPE, V_PREDICTION, schedule_of, shrink, walk
from webui.generation.samplers import SAMPLERS, Schedule

SEED = 4
THEIRS: dict[str, tuple[str, dict[str, Any]]] = {
    "DPM++ 2M": ("DPMSolverMultistepScheduler", {}),
    "DPM++ SDE": ("DPMSolverSDEScheduler", {"noise_sampler_seed": SEED}),
    "DPM++ 2M SDE": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    "DPM++ 2S a": (
        "DPMSolverSinglestepScheduler", {"algorithm_type": "sde-dpmsolver++", "lower_order_final": True},
    ),
    "DPM++ 3M SDE": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++", "solver_order": 3}),
    "Euler a": ("EulerAncestralDiscreteScheduler", {}),
    "Euler": ("EulerDiscreteScheduler", {}),
    "LMS": ("LMSDiscreteScheduler", {}),
    "Heun": ("HeunDiscreteScheduler", {}),
    "DPM2": ("KDPM2DiscreteScheduler", {}),
    "DPM2 a": ("KDPM2AncestralDiscreteScheduler", {}),
    "DDIM": ("DDIMScheduler", {}),
    "DDPM": ("DDPMScheduler", {}),
    "PLMS": ("PNDMScheduler", {"skip_prk_steps": True}),
    "UniPC": ("UniPCMultistepScheduler", {}),
    "DEIS": ("DEISMultistepScheduler", {}),
    "LCM": ("LCMScheduler", {}),
    "TCD": ("TCDScheduler", {}),
    "SA-Solver": ("SASolverScheduler", {}),
}  # fmt: skip
SPACED = {
    Schedule.AUTOMATIC: {},
    Schedule.UNIFORM: {"timestep_spacing": "linspace"},
    Schedule.SGM_UNIFORM: {"timestep_spacing": "trailing"},
}
SHAPED = {
    Schedule.KARRAS: {"use_karras_sigmas": True},
    Schedule.EXPONENTIAL: {"use_exponential_sigmas": True},
    Schedule.BETA: {"use_beta_sigmas": True},
}
NO_SPACING = {"DPM++ 2S a", "LCM", "TCD"}
NO_SHAPES = {"Euler a", "DDIM", "DDPM", "PLMS", "LCM", "TCD"}
ZERO_SNR = {"DPM++ 2M", "DPM++ 2M SDE", "DPM++ 3M SDE", "Euler", "Euler a", "DDIM", "DDPM", "UniPC", "LCM", "TCD"}
LATER = {"LMS", "PLMS"}
"""Those whose walks from the middle differ from diffusers', which takes wrong weights for the first steps of them."""
ROUNDED = {"SA-Solver"}
"""Diffusers begins their walks from a picture at the whole timestep nearest to the level of a shaped schedule."""

_FOLLOWED = {sampler.name: sampler.schedules for sampler in SAMPLERS}
CASES = [
    (sampler, schedule, flags)
    for sampler in THEIRS
    for schedule, flags in (SPACED | SHAPED).items()
    if schedule in _FOLLOWED[sampler]
    and not (schedule in SHAPED and sampler in NO_SHAPES)
    and not (schedule in SPACED and schedule != Schedule.AUTOMATIC and sampler in NO_SPACING)
]


def _their_walk(scheduler: Any, *, skipped: int = 0, steps: int) -> torch.Tensor:
    """The loop of diffusers' pipelines (text to image; with `skipped` steps, image to image)."""
    generator = torch.Generator().manual_seed(SEED)
    noise = torch.randn((1, *SHAPE), generator=generator)
    scheduler.set_timesteps(steps)
    timesteps = scheduler.timesteps[skipped * scheduler.order :]
    if skipped:
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(skipped * scheduler.order)
        latents = scheduler.add_noise(CLEAN, noise, timesteps[:1])
    else:
        latents = noise * scheduler.init_noise_sigma
    takes_generator = "generator" in scheduler.step.__code__.co_varnames
    options = {"generator": [generator]} if takes_generator else {}
    for index, timestep in enumerate(timesteps):
        prediction = shrink(scheduler.scale_model_input(latents, timestep), timestep, index)
        latents = scheduler.step(prediction, timestep, latents, **options, return_dict=False)[0]
    return latents


def _their_scheduler(sampler: str, config: dict, flags: dict) -> Any:
    name, options = THEIRS[sampler]
    return getattr(diffusers, name).from_config(config, **options, **flags)


@pytest.mark.parametrize(("sampler", "schedule", "flags"), CASES)
def test_a_walk_from_noise_is_diffusers_own(sampler: str, schedule: Schedule, flags: dict) -> None:
    ours = walk(schedule_of(sampler, schedule, EPSILON, steps=7), shrink, seeds=(SEED,)).end
    torch.testing.assert_close(ours, _their_walk(_their_scheduler(sampler, EPSILON, flags), steps=7))


@pytest.mark.parametrize(
    ("sampler", "schedule", "flags"),
    [case for case in CASES if case[0] not in LATER and not (case[0] in ROUNDED and case[1] in SHAPED)],
)
def test_a_walk_from_a_picture_is_diffusers_own(sampler: str, schedule: Schedule, flags: dict) -> None:
    ours = walk(schedule_of(sampler, schedule, EPSILON, steps=7, strength=0.6), shrink, seeds=(SEED,), clean=CLEAN).end
    theirs = _their_walk(_their_scheduler(sampler, EPSILON, flags), steps=7, skipped=3)
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("sampler", sorted(ZERO_SNR))
def test_a_model_that_was_trained_to_pure_noise_is_walked_as_diffusers_does(sampler: str) -> None:
    ours = walk(schedule_of(sampler, Schedule.AUTOMATIC, V_PREDICTION, steps=7), shrink, seeds=(SEED,)).end
    torch.testing.assert_close(ours, _their_walk(_their_scheduler(sampler, V_PREDICTION, {}), steps=7))


@pytest.mark.parametrize("sampler", sorted(set(THEIRS) - ZERO_SNR))
def test_schedulers_that_know_nothing_of_pure_noise_begin_there_all_the_same(sampler: str) -> None:
    assert schedule_of(sampler, Schedule.AUTOMATIC, V_PREDICTION).sigma(0) > 1000


def test_ten_aligned_steps_are_those_that_diffusers_lists() -> None:
    from diffusers.schedulers import AysSchedules

    for architecture, name in (
        ("stable-diffusion", "StableDiffusionSigmas"), ("stable-diffusion-xl", "StableDiffusionXLSigmas"),
    ):  # fmt: skip
        levels = schedule_of("Euler", Schedule.ALIGN_YOUR_STEPS, EPSILON, steps=10, architecture=architecture)
        ours = [levels.sigma(index) for index in range(11)]
        assert ours == pytest.approx(AysSchedules[name], abs=1e-3)


@pytest.mark.parametrize(
    ("sampler", "name"),
    [
        ("Euler (flow)", "FlowMatchEulerDiscreteScheduler"),
        ("Heun (flow)", "FlowMatchHeunDiscreteScheduler"),
        ("DPM++ 2M (flow)", "DPMSolverMultistepScheduler"),
        ("UniPC (flow)", "UniPCMultistepScheduler"),
    ],
)
def test_flow_models_are_walked_as_diffusers_does(sampler: str, name: str) -> None:
    flags = {"use_flow_sigmas": True, "prediction_type": "flow_prediction", "flow_shift": FLOW["shift"]}
    theirs = getattr(diffusers, name).from_config(FLOW, **({} if name.startswith("Flow") else flags))
    theirs.set_timesteps(7)
    latents = torch.randn((1, *SHAPE), generator=torch.Generator().manual_seed(SEED))
    for timestep in theirs.timesteps:
        latents = theirs.step(shrink(latents, timestep, 0), timestep, latents, return_dict=False)[0]
    ours = walk(schedule_of(sampler, Schedule.AUTOMATIC, FLOW, steps=7), shrink, seeds=(SEED,)).end
    torch.testing.assert_close(ours, latents)
