import numpy as np
import pytest
import torch

from tests.engine.recordings import CONFIG, PREVIEW, aim
from webui.diffusion.denoise import denoise
from webui.diffusion.preview import LatentPreview
from webui.diffusion.samplers import NoiseSchedule
from webui.diffusion.solvers import solver_for
from webui.diffusion.views import (
    WalkStates,
    change_cells,
    channel_cells,
    colour_cells,
    dark_cell,
    difference_cells,
    walk_states,
)
from webui.generation.samplers import Schedule
from webui.imaging.heat import DARK

STEPS = 6
MAP = LatentPreview(torch.tensor(PREVIEW), torch.tensor((0.5, 0.5, 0.5)))


def _states(sampler: str, until: int = STEPS) -> tuple[WalkStates, torch.Tensor, torch.Tensor]:
    """A walk straight to a picture; the picture and the noise that it starts from."""
    schedule = NoiseSchedule(
        sampler=sampler, schedule=Schedule.AUTOMATIC, steps=STEPS, config=CONFIG, device=torch.device("cpu")
    )
    generator = torch.Generator().manual_seed(1)
    noise, target = torch.randn(1, 4, 8, 8, generator=generator), aim(3)
    walk = denoise(
        lambda latents, _, index: schedule.prediction_from_clean(target, latents, index),
        schedule, schedule.noised(target, noise), generators=[generator],
    )  # fmt: skip
    scaling = solver_for(sampler, CONFIG).scaling
    steps = [(step, scaling) for step in walk]
    return walk_states(steps[: min(until, len(steps))] if until < STEPS else steps), target[0], noise[0]


@pytest.mark.parametrize("sampler", ["Euler", "Euler a", "DPM++ 2M", "DDIM", "Heun"])
def test_every_samplers_states_are_of_unit_variance_and_lead_to_the_picture(sampler: str) -> None:
    states, target, _ = _states(sampler)
    calls = len(states.noise)
    assert len(states.noisy) == len(states.clean) == calls + 1
    for state in states.noisy[:2]:
        assert 0.8 < float(state.std()) < 1.2
    for clean in states.clean[:-1]:
        assert torch.allclose(clean, target, atol=0.02)
    assert torch.allclose(states.clean[-1], target, atol=0.1)  # DDIM stops at the level of its first timestep
    assert torch.equal(states.clean[-1], states.noisy[-1])


@pytest.mark.parametrize("sampler", ["Euler", "DPM++ 2M"])
def test_the_noise_that_was_found_is_the_noise_that_is_there(sampler: str) -> None:
    states, _, noise = _states(sampler)
    assert torch.allclose(states.noise[0], noise, atol=0.01)


def test_a_walk_that_was_cut_short_ends_with_what_it_pointed_at() -> None:
    states, target, _ = _states("Euler", until=3)
    assert torch.allclose(states.clean[-1], target, atol=0.02)
    assert not torch.equal(states.clean[-1], states.noisy[-1])


def test_a_walk_without_steps_has_nothing_to_show() -> None:
    with pytest.raises(ValueError, match="without steps"):
        walk_states([])


def test_colours_are_those_of_the_preview() -> None:
    states = [torch.randn(4, 3, 5) for _ in range(3)]
    cells = colour_cells(states, MAP)
    assert all(np.array_equal(cell, MAP.pixels(state[None])[0]) for cell, state in zip(cells, states, strict=True))
    mixed = colour_cells([torch.zeros(4, 2, 2), torch.zeros(4, 4, 4)], MAP)
    assert [cell.shape for cell in mixed] == [(2, 2, 3), (4, 4, 3)]


def test_a_change_is_bright_where_it_is_and_the_first_cell_is_dark() -> None:
    before, after = torch.zeros(4, 8, 8), torch.zeros(4, 8, 8)
    after[:, :4] = 1.0
    first, changed, same = change_cells([before, after, after])
    assert (first == DARK).all()
    assert (same == DARK).all()
    assert changed[:4].min() > 200
    assert (changed[4:] == DARK).all()


def test_where_the_size_changes_there_is_no_change_to_be_seen() -> None:
    cells = change_cells([torch.zeros(4, 2, 2), torch.ones(4, 4, 4)])
    assert cells[1].shape == (4, 4, 3)
    assert (cells[1] == DARK).all()


def test_differences_share_a_scale_and_end_with_a_dark_cell() -> None:
    zero = torch.zeros(4, 8, 8)
    weak, strong, end = difference_cells([(zero + 0.1, zero), (zero + 1.0, zero)])
    assert weak.mean() < strong.mean()
    assert (end == dark_cell(8, 8)).all()


def test_each_channel_is_a_map_of_its_own_in_a_square() -> None:
    state = torch.zeros(4, 2, 2)
    state[2] = torch.tensor([[0.0, 1.0], [2.0, 3.0]])
    (cell,) = channel_cells([state])
    assert cell.shape == (4, 4, 3)
    brightness = cell.astype(int).sum(2)[2:, :2].ravel()
    assert list(brightness) == sorted(brightness)
    assert brightness[0] < brightness[-1]
    assert len(np.unique(cell[:2].reshape(-1, 3), axis=0)) == 1
