import numpy as np
import pytest

from webui.diffusion.schedules import sigmas_to_timesteps, spaced_sigmas, spaced_timesteps
from webui.generation.samplers import Schedule

TABLE = np.sqrt(1 / np.cumprod(1 - np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2) - 1)
SHAPED = [schedule for schedule in Schedule if schedule != Schedule.AUTOMATIC]


@pytest.mark.parametrize(
    ("schedule", "timesteps"),
    [
        (Schedule.UNIFORM, [999, 749, 500, 250, 0]),
        (Schedule.SGM_UNIFORM, [999, 799, 599, 399, 199]),
        (Schedule.SIMPLE, [999, 799, 599, 399, 199]),
        (Schedule.DDIM, [801, 601, 401, 201, 1]),
    ],
)
def test_evenly_spaced_timesteps_are_where_the_name_says(schedule: Schedule, timesteps: list[int]) -> None:
    assert spaced_timesteps(schedule, 5, 1000).tolist() == timesteps


def test_karras_levels_are_those_of_the_paper() -> None:
    """Karras et al. 2022, equation 5, worked for three steps from 80 to 0.002 with rho 7."""
    middle = ((80 ** (1 / 7) + 0.002 ** (1 / 7)) / 2) ** 7
    levels = spaced_sigmas(Schedule.KARRAS, 3, np.array([0.002, 1.0, 80.0]))
    assert levels == pytest.approx([80, middle, 0.002])


def test_exponential_levels_fall_by_the_same_factor() -> None:
    levels = spaced_sigmas(Schedule.EXPONENTIAL, 3, np.array([0.01, 1.0, 100.0]))
    assert levels == pytest.approx([100, 1, 0.01])
    assert np.array_equal(levels, spaced_sigmas(Schedule.POLYEXPONENTIAL, 3, np.array([0.01, 1.0, 100.0])))


@pytest.mark.parametrize("schedule", SHAPED)
@pytest.mark.parametrize("steps", [1, 2, 20, 150])
def test_levels_fall_and_stay_within_the_models_own(schedule: Schedule, steps: int) -> None:
    levels = spaced_sigmas(schedule, steps, TABLE)
    assert len(levels) == steps
    assert np.all(np.diff(levels) <= 0)
    assert levels.max() <= TABLE[-1] * 1.0001
    assert levels.min() >= TABLE[0] * 0.9999


def test_beta_levels_crowd_at_both_ends() -> None:
    timesteps = sigmas_to_timesteps(spaced_sigmas(Schedule.BETA, 20, TABLE), TABLE)
    strides = -np.diff(timesteps)
    assert strides[0] < strides[9] > strides[-1]


def test_a_level_has_the_timestep_that_it_came_from() -> None:
    assert sigmas_to_timesteps(TABLE[[999, 500, 0]], TABLE) == pytest.approx([999, 500, 0])
