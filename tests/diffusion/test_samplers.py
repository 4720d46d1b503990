import itertools

import pytest
import torch

from webui.diffusion.samplers import NoiseSchedule
from webui.generation.samplers import SAMPLERS, Schedule

V_PREDICTION = {
    "prediction_type": "v_prediction",
    "rescale_betas_zero_snr": True,
    "timestep_spacing": "trailing",
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "clip_sample": False,
}
EPSILON = V_PREDICTION | {
    "prediction_type": "epsilon", "rescale_betas_zero_snr": False, "timestep_spacing": "leading", "steps_offset": 1,
}  # fmt: skip
COMBINATIONS = [(sampler.name, schedule) for sampler in SAMPLERS for schedule in sampler.schedules]


def _schedule(sampler: str, schedule: Schedule, config: dict) -> NoiseSchedule:
    return NoiseSchedule(sampler=sampler, schedule=schedule, steps=8, config=config, device=torch.device("cpu"))


@pytest.mark.parametrize(("sampler", "schedule"), COMBINATIONS)
def test_every_sampler_and_schedule_of_the_catalogue_falls_in_noise_to_almost_none(
    sampler: str, schedule: Schedule
) -> None:
    walk = _schedule(sampler, schedule, EPSILON)
    sigmas = [walk.sigma(i) for i in range(len(walk.timesteps) + 1)]
    assert all(before > after for before, after in itertools.pairwise(sigmas))
    assert sigmas[0] > 5
    assert sigmas[-1] < 0.05


@pytest.mark.parametrize(("sampler", "schedule"), COMBINATIONS)
@pytest.mark.parametrize("config", [EPSILON, V_PREDICTION], ids=["epsilon", "v"])
def test_a_perfect_prediction_points_at_the_clean_latents(sampler: str, schedule: Schedule, config: dict) -> None:
    """Noise clean latents to the level of a step by the scheduler's own convention, predict perfectly, look back."""
    walk = _schedule(sampler, schedule, config)
    clean, noise = torch.randn(2, 4, 4, 4), torch.randn(2, 4, 4, 4)
    index = 4
    sigma = walk.sigma(index)
    alpha = (1 + sigma**2) ** -0.5
    noisy = clean + sigma * noise if sampler.startswith("Euler") else alpha * clean + sigma * alpha * noise
    prediction = noise if config is EPSILON else alpha * noise - sigma * alpha * clean
    torch.testing.assert_close(walk.clean_latents(prediction, noisy, index), clean, atol=1e-3, rtol=1e-3)
