import itertools
import math

import pytest
import torch

from tests.diffusion.walks import (
    CLEAN,
    COMBINATIONS,
    CONFIGS,
    EPSILON,
    FLOW,
    V_PREDICTION,
    schedule_of,
    shrink,
    walk,
)
from webui.diffusion.samplers import NoiseSchedule, SolverOptions, walked_steps
from webui.diffusion.solvers import SOLVERS
from webui.errors import InvalidRequest
from webui.generation.samplers import SAMPLERS, Schedule, find_sampler

NAMES = [sampler.name for sampler in SAMPLERS]
NOISE_LEFT = 0.2
"""How far latents may be from clean where a solver ends at the least noise (sigma 0.03), not at none."""


def _config(sampler: str) -> dict:
    row = find_sampler(sampler)
    assert row is not None
    return FLOW if row.flow else V_PREDICTION


def _knowing(schedule: NoiseSchedule):  # noqa: ANN202
    """A perfect predictor: what a network says that knows the picture."""
    return lambda latents, timestep, index: schedule.prediction_from_clean(CLEAN, latents, index)


def _expected_calls(sampler: str, steps: int) -> int:
    row = find_sampler(sampler)
    assert row is not None
    if sampler == "PLMS":
        return steps + 1 if steps > 1 else 1
    return row.order * steps - (row.order - 1)


def test_every_sampler_of_the_catalogue_has_its_row() -> None:
    assert list(SOLVERS) == NAMES


@pytest.mark.parametrize(("kind", "sampler", "schedule"), COMBINATIONS)
@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_every_combination_walks_to_the_picture_that_a_perfect_prediction_points_at(
    kind: str, sampler: str, schedule: Schedule, strength: float
) -> None:
    """Noise levels, middle points, the place to begin at and the final step: a mistake in any of them is left over."""
    noise_levels = schedule_of(sampler, schedule, CONFIGS[kind], strength=strength, steps=6)
    walked = walk(noise_levels, _knowing(noise_levels), clean=None if strength == 1.0 else CLEAN)
    sigmas = [noise_levels.sigma(i) for i in range(len(noise_levels.timesteps) + 1)]
    assert all(before >= 0.99 * after for before, after in itertools.pairwise(sigmas))
    assert sigmas[-1] < 0.05
    if strength == 1.0:
        assert sigmas[0] > 5
    assert walked.calls == len(noise_levels.timesteps) == _expected_calls(sampler, int(6 * strength))
    for step in walked.steps:
        assert torch.isfinite(step.latents).all()
        torch.testing.assert_close(step.clean, CLEAN.expand_as(step.clean), atol=5e-3, rtol=5e-3)
    assert float((walked.end - CLEAN).abs().max()) < NOISE_LEFT


@pytest.mark.parametrize("sampler", NAMES)
def test_every_combination_stays_finite_with_a_network_that_is_wrong(sampler: str) -> None:
    """On a model that was trained to pure noise, where the first sigma is in the thousands."""
    row = find_sampler(sampler)
    assert row is not None
    for schedule in row.schedules:
        assert torch.isfinite(walk(schedule_of(sampler, schedule, _config(sampler), steps=4), shrink).end).all()


@pytest.mark.parametrize("sampler", NAMES)
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_every_sampler_walks_in_few_steps(sampler: str, steps: int) -> None:
    """PLMS mixes predictions of several timesteps, which fits those of noise; with v it wants more steps than these."""
    config = EPSILON if sampler == "PLMS" else _config(sampler)
    levels = schedule_of(sampler, Schedule.AUTOMATIC, config, steps=steps)
    walked = walk(levels, _knowing(levels), seeds=(1,))
    assert walked.calls == _expected_calls(sampler, steps)
    assert float((walked.end - CLEAN).abs().max()) < NOISE_LEFT


@pytest.mark.parametrize("sampler", NAMES)
@pytest.mark.parametrize("steps", [61, 150])
def test_every_sampler_takes_many_steps(sampler: str, steps: int) -> None:
    """61 is one of the numbers at which diffusers' own trailing timesteps come out one too many."""
    timesteps = schedule_of(sampler, Schedule.AUTOMATIC, _config(sampler), steps=steps).timesteps
    assert len(timesteps) == _expected_calls(sampler, steps)
    assert float(timesteps.min()) >= 0


@pytest.mark.parametrize("sampler", NAMES)
def test_a_picture_of_a_batch_is_the_picture_made_alone(sampler: str) -> None:
    together, alone = (
        walk(schedule_of(sampler, Schedule.AUTOMATIC, _config(sampler)), shrink, seeds=seeds).end
        for seeds in ((1, 2), (2,))
    )
    torch.testing.assert_close(together[1:], alone)


@pytest.mark.parametrize("sampler", NAMES)
def test_the_same_seed_walks_the_same_way_and_another_one_another(sampler: str) -> None:
    first, again, other = (
        walk(schedule_of(sampler, Schedule.AUTOMATIC, _config(sampler)), shrink, seeds=(seed,)).end
        for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.allclose(first, other)


@pytest.mark.parametrize("sampler", NAMES)
def test_a_sampler_listens_to_the_options_that_the_catalogue_says_and_to_no_others(sampler: str) -> None:
    row = find_sampler(sampler)
    assert row is not None
    told = SolverOptions(eta=0.6, s_churn=9.0, s_tmin=0.05, s_tmax=50.0, s_noise=1.3)
    plain, options = (
        walk(schedule_of(sampler, Schedule.AUTOMATIC, _config(sampler), options=options), shrink).end
        for options in (SolverOptions(), told)
    )
    assert (not torch.equal(plain, options)) == bool(row.takes)
    given = schedule_of(sampler, Schedule.AUTOMATIC, _config(sampler), options=told).step_options([])
    assert set(row.takes) <= set(given)


@pytest.mark.parametrize("steps", [4, 8, 20, 50])
def test_all_the_noise_that_there_can_be_is_no_trouble_where_a_walk_begins_in_pure_noise(steps: int) -> None:
    schedule = schedule_of("DDIM", Schedule.AUTOMATIC, V_PREDICTION, steps=steps, options=SolverOptions(eta=1.0))
    assert torch.isfinite(walk(schedule, shrink).end).all()


def test_no_upper_end_of_churn_is_infinity() -> None:
    told = SolverOptions(s_churn=5.0)
    options = schedule_of("Euler", Schedule.AUTOMATIC, EPSILON, options=told).step_options([])
    assert options["s_tmax"] == math.inf


@pytest.mark.parametrize(("kind", "sampler"), [(kind, name) for kind, name, s in COMBINATIONS if s == "Automatic"])
def test_noised_latents_have_the_level_that_the_step_expects(kind: str, sampler: str) -> None:
    """How much of each is in the mixture, found by least squares."""
    levels = schedule_of(sampler, Schedule.AUTOMATIC, CONFIGS[kind], strength=0.7)
    noise = torch.randn(CLEAN.shape, generator=torch.Generator().manual_seed(5))
    parts = torch.stack([CLEAN.flatten(), noise.flatten()], dim=1)
    for index in range(len(levels.timesteps)):
        noisy = levels.noised(CLEAN, noise, index)
        signal, added = torch.linalg.lstsq(parts, noisy.reshape(-1, 1)).solution.flatten().tolist()
        assert added / signal == pytest.approx(levels.sigma(index), rel=1e-3)
    assert torch.equal(levels.noised(CLEAN, noise, len(levels.timesteps)), CLEAN)


@pytest.mark.parametrize(
    ("strength", "walked"), [(1.0, 8), (0.99, 7), (0.5, 4), (0.3, 2), (0.125, 1), (0.01, 1), (0.0, 0)]
)
def test_strength_is_the_share_of_the_steps_that_is_walked_and_at_least_one(strength: float, walked: int) -> None:
    levels = schedule_of("Euler", Schedule.AUTOMATIC, EPSILON, strength=strength)
    assert len(levels.timesteps) == walked
    assert levels.steps == 8
    assert levels.step_number(0) == 8 - walked
    assert levels.progress(0) == (8 - walked) / 8
    assert levels.progress(walked) == 1.0


@pytest.mark.parametrize("sampler", [row.name for row in SAMPLERS if row.order == 2])
def test_samplers_of_second_order_begin_at_a_whole_step(sampler: str) -> None:
    levels = schedule_of(sampler, Schedule.AUTOMATIC, _config(sampler), strength=0.5)
    assert levels.scheduler.order == 2
    assert levels.step_number(0) == 8
    whole = schedule_of(sampler, Schedule.AUTOMATIC, _config(sampler))
    assert levels.sigma(0) == whole.sigma(8)


@pytest.mark.parametrize("sampler", NAMES)
def test_the_order_in_the_catalogue_is_the_schedulers(sampler: str) -> None:
    row = find_sampler(sampler)
    assert row is not None
    assert schedule_of(sampler, Schedule.AUTOMATIC, _config(sampler)).scheduler.order == row.order


def test_a_sampler_that_walks_no_flow_is_refused_there_in_a_sentence() -> None:
    with pytest.raises(InvalidRequest, match="Euler a walks a noise-predicting model") as caught:
        schedule_of("Euler a", Schedule.AUTOMATIC, FLOW)
    assert caught.value.field == "sampler"
    assert "Euler, Heun" in caught.value.hint or "DPM++ 2M, Euler" in caught.value.hint


@pytest.mark.parametrize("sampler", ["Euler", "Heun", "DPM++ 2M", "UniPC"])
@pytest.mark.parametrize("schedule", [Schedule.AUTOMATIC, Schedule.BETA])
def test_a_sampler_walks_the_other_kind_of_model_as_its_twin_does(sampler: str, schedule: Schedule) -> None:
    twin = f"{sampler} (flow)"
    for asked, walked, config in ((sampler, twin, FLOW), (twin, sampler, EPSILON)):
        ours, theirs = (walk(schedule_of(name, schedule, config), shrink).end for name in (asked, walked))
        assert torch.equal(ours, theirs)


def test_a_schedule_type_that_no_flow_follows_is_the_automatic_one_there() -> None:
    ours, plain = (schedule_of("Euler", kind, FLOW).timesteps for kind in (Schedule.UNIFORM, Schedule.AUTOMATIC))
    assert torch.equal(ours, plain)


@pytest.mark.parametrize("dynamic", [False, True])
def test_a_shift_is_kept_in_the_plan_and_replaces_the_models_own(*, dynamic: bool) -> None:
    config = FLOW | {"use_dynamic_shifting": dynamic}
    shifted = schedule_of("Euler", Schedule.SGM_UNIFORM, config, shift=2.0, steps=4)
    even = [1.0, 0.75, 0.5, 0.25]
    expected = [1000 * 2 * sigma / (1 + sigma) for sigma in even]
    assert shifted.timesteps.tolist() == pytest.approx(expected)
    assert shifted.plan().shift == 2.0
    assert schedule_of("Euler", Schedule.SGM_UNIFORM, config).plan().shift is None


def test_a_configuration_can_say_that_its_pipeline_walks_even_steps() -> None:
    config = FLOW | {"use_dynamic_shifting": True, "flow_spacing": "trailing"}
    assert schedule_of("Euler", Schedule.AUTOMATIC, config, shift=1.0, steps=4).timesteps.tolist() == [
        1000, 750, 500, 250,
    ]  # fmt: skip


@pytest.mark.parametrize(("steps", "strength", "down", "up"), [(10, 0.55, 5, 6), (10, 0.5, 5, 5), (7, 0.01, 1, 1)])
def test_strength_is_rounded_down_and_for_flow_models_up(steps: int, strength: float, down: int, up: int) -> None:
    assert (walked_steps(steps, strength), walked_steps(steps, strength, flow=True)) == (down, up)
    assert walked_steps(steps, 0.0) == walked_steps(steps, 0.0, flow=True) == 0


def test_the_brownian_motion_of_a_picture_is_that_of_its_own_seed() -> None:
    levels = schedule_of("DPM++ SDE", Schedule.KARRAS, EPSILON)
    levels.step_options([torch.Generator().manual_seed(3), torch.Generator().manual_seed(4)])
    assert levels.scheduler.noise_sampler_seed == [3, 4]
