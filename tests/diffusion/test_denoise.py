import ast
import itertools
from pathlib import Path

import pytest
import torch

import webui
from tests.diffusion.walks import EPSILON, FLOW, schedule_of, walk
from webui.diffusion.denoise import denoise
from webui.generation.samplers import SAMPLERS, Schedule


def _shrink(latents: torch.Tensor, timestep: torch.Tensor, index: int) -> torch.Tensor:
    return 0.3 * latents


def _walk(sampler: str, predict, *, steps: int):  # noqa: ANN001, ANN202
    schedule = schedule_of(sampler, Schedule.AUTOMATIC, EPSILON, steps=steps)
    noise = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    return denoise(predict, schedule, schedule.start_from_noise(noise), generators=[torch.Generator()])


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: sampler.name)
def test_a_walk_yields_each_step_once_and_each_begins_where_the_last_ended(sampler) -> None:  # noqa: ANN001
    schedule = schedule_of(sampler.name, Schedule.AUTOMATIC, FLOW if sampler.flow else EPSILON, steps=6)
    steps = walk(schedule, _shrink).steps
    assert [step.index for step in steps] == list(range(len(schedule.timesteps)))
    for before, after in itertools.pairwise(steps):
        assert torch.equal(before.latents, after.noisy)
        assert before.sigma_next == after.sigma


def test_to_stop_iterating_is_to_interrupt() -> None:
    calls = []

    def predict(latents: torch.Tensor, timestep: torch.Tensor, index: int) -> torch.Tensor:
        calls.append(float(timestep))
        return latents

    walk = _walk("Euler", predict, steps=6)
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
    # Other packages cannot have a scheduler: they import no torch.
    for path in (path for room in ("diffusion", "engine", "model_manager") for path in (package / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "step":
                stepping.add(path.relative_to(package).as_posix())
    assert stepping == {"diffusion/denoise.py"}
