import math
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.engine.recordings import CONFIG
from webui.diffusion.families.stable_diffusion import StableDiffusion
from webui.diffusion.forward_process import (
    Level,
    forward_levels,
    noised_latents,
    pixel_cells,
    psnr,
    round_trip,
    strength_of,
)
from webui.diffusion.noise import draw_noise, picture_generators
from webui.diffusion.samplers import NoiseSchedule, walked_steps
from webui.diffusion.start import start_from_latents
from webui.generation.samplers import Schedule
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.loading.load_model import exhausted, load_family

STEPS = 8


@pytest.fixture(scope="module")
def family(tiny_models_dir: Path) -> StableDiffusion:
    entry = Catalogue((tiny_models_dir,)).find("tiny")
    return exhausted(load_family(entry, device=torch.device("cpu"), dtype=torch.float32))


def _levels(sampler: str = "Euler", steps: int = STEPS) -> list[Level]:
    return forward_levels(
        sampler=sampler, schedule=Schedule.AUTOMATIC, steps=steps, config=CONFIG, architecture="stable-diffusion"
    )


@pytest.mark.parametrize("sampler", ["Euler", "DPM++ 2M", "DDIM", "Heun", "PLMS"])
def test_levels_go_from_the_clean_picture_to_the_noisiest_level(sampler: str) -> None:
    levels = _levels(sampler)
    assert [level.position for level in levels] == list(range(STEPS + 1))
    assert (levels[0].sigma, levels[0].snr_db, levels[0].timestep, levels[0].strength) == (0.0, None, None, 0.0)
    sigmas = [level.sigma for level in levels]
    assert sigmas == sorted(sigmas)
    assert sigmas[-1] > 5
    assert levels[-1].strength == 1.0
    for level in levels:
        assert math.isclose(level.signal**2 + level.noise**2, 1.0, rel_tol=1e-6)


@pytest.mark.parametrize("steps", [1, 3, 7, 20, 49, 150])
def test_a_levels_strength_walks_just_the_steps_that_lie_before_it(steps: int) -> None:
    for walked in range(steps + 1):
        strength = strength_of(walked, steps)
        assert 0 <= strength <= 1
        assert walked_steps(steps, strength) == walked
        assert walked_steps(steps, strength_of(walked, steps, flow=True), flow=True) == walked


@pytest.mark.parametrize("sampler", ["Euler", "DPM++ 2M", "DDIM"])
def test_a_level_is_where_a_walk_of_its_strength_begins(family: StableDiffusion, sampler: str) -> None:
    picture = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(2)) * 2 - 1
    noised = noised_latents(family, picture, seed=5)
    for level in _levels(sampler)[1::3]:
        schedule = NoiseSchedule(
            sampler=sampler, schedule=Schedule.AUTOMATIC, steps=STEPS, config=CONFIG, device=torch.device("cpu"),
            strength=level.strength,
        )  # fmt: skip
        generators = picture_generators([5])
        clean = family.encode_pictures(picture, generators)
        noise = draw_noise(seeds=[5], generators=generators, shape=(4, 8, 8), dtype=torch.float32)
        start = start_from_latents(
            family, schedule, clean, generators=picture_generators([5]), draw=lambda _h, _w, noise=noise: noise
        ).latents
        seen = schedule.scheduler.scale_model_input(start, schedule.timesteps[0])
        assert torch.allclose(noised.at(level), seen, atol=1e-3)


def test_pixels_fade_into_noise() -> None:
    levels = _levels()
    grey = torch.full((1, 3, 32, 32), 0.5)
    cells = pixel_cells(grey, levels, seed=1)
    assert len(cells) == STEPS + 1
    assert (cells[0] == 191).all()
    spread = [cell.astype(float).std() for cell in cells]
    assert spread == sorted(spread)
    assert cells[-1].dtype == np.uint8
    assert np.array_equal(cells[3], pixel_cells(grey, levels, seed=1)[3])
    assert not np.array_equal(cells[3], pixel_cells(grey, levels, seed=2)[3])


def test_the_round_trip_has_the_size_of_the_picture(family: StableDiffusion) -> None:
    back = round_trip(family, torch.zeros(1, 3, 64, 96))
    assert (back.shape, back.dtype) == ((64, 96, 3), np.uint8)


def test_psnr_is_that_of_the_books() -> None:
    one, other = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 10, np.uint8)
    assert psnr(one, other) == pytest.approx(28.13, abs=0.01)  # 20 log10(255 / 10)
    assert psnr(one, one) is None
