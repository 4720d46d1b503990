import ast
import itertools
from pathlib import Path

import pytest
import torch

import webui
from webui.diffusion.denoise import denoise
from webui.diffusion.samplers import NoiseSchedule
from webui.generation.samplers import SAMPLERS, Schedule

CONFIG = {"prediction_type": "epsilon", "beta_schedule": "scaled_linear", "clip_sample": False}


def _walk(sampler: str, predict, *, steps: int = 6, seed: int = 0):  # noqa: ANN001, ANN202
    schedule = NoiseSchedule(
        sampler=sampler, schedule=Schedule.AUTOMATIC, steps=steps, config=CONFIG, device=torch.device("cpu")
    )
    generators = [torch.Generator().manual_seed(seed + i) for i in range(2)]
    noise = torch.cat([torch.randn(1, 4, 8, 8, generator=generator) for generator in generators])
    return denoise(predict, schedule, schedule.start_from_noise(noise), generators=generators)


def _shrink(latents: torch.Tensor, timestep: torch.Tensor, index: int) -> torch.Tensor:
    return 0.3 * latents


@pytest.mark.parametrize("sampler", [sampler.name for sampler in SAMPLERS])
def test_a_walk_yields_each_step_once_and_each_begins_where_the_last_ended(sampler: str) -> None:
    steps = list(_walk(sampler, _shrink))
    assert [step.index for step in steps] == list(range(6))
    for before, after in itertools.pairwise(steps):
        assert torch.equal(before.latents, after.noisy)
        assert before.sigma_next == after.sigma


@pytest.mark.parametrize("sampler", [sampler.name for sampler in SAMPLERS])
def test_the_same_seed_walks_the_same_way(sampler: str) -> None:
    ends = [list(_walk(sampler, _shrink))[-1].latents for _ in range(2)]
    assert torch.equal(*ends)


def test_to_stop_iterating_is_to_interrupt() -> None:
    calls = []

    def predict(latents: torch.Tensor, timestep: torch.Tensor, index: int) -> torch.Tensor:
        calls.append(float(timestep))
        return latents

    walk = _walk("Euler", predict)
    next(walk)
    next(walk)
    walk.close()
    assert len(calls) == 2


def test_the_consumer_is_not_in_inference_mode() -> None:
    for _ in _walk("Euler", _shrink, steps=2):
        assert not torch.is_inference_mode_enabled()


def test_only_the_denoise_loop_steps_a_scheduler() -> None:
    package = Path(webui.__file__).parent
    stepping = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "step":
                stepping.add(path.relative_to(package).as_posix())
    assert stepping == {"diffusion/denoise.py"}
