"""The base of extensions' samplers moves as diffusers' Euler does, for every kind of model and from any step on."""

from collections.abc import Iterator

import pytest
import torch

from tests.diffusion.walks import CLEAN, CONFIGS, schedule_of, shrink, walk
from webui.diffusion.sigma_scheduler import SigmaScheduler
from webui.errors import GenerationFailed
from webui.generation.offered import NewSampler, NewSchedule
from webui.generation.offering import offer
from webui.generation.samplers import Schedule, find_sampler


class Straight(SigmaScheduler):
    def move(self, latents, clean, sigma, sigma_next, noise):  # noqa: ANN001, ANN201
        return clean + (latents - clean) * (sigma_next / sigma)


@pytest.fixture(autouse=True)
def _offered() -> Iterator[None]:
    take_back = offer(
        "ours",
        samplers=[
            NewSampler(name="Straight", make=Straight),
            NewSampler(name="Straight (flow)", make=Straight, flow=True),
            NewSampler(name="Broken", make=lambda plan: object()),
        ],
        schedules=[
            NewSchedule(name="Even", sigmas=lambda n, low, high: [*torch.linspace(high, low, n).tolist(), 0.0]),
            NewSchedule(name="Short", sigmas=lambda n, low, high: [high, 0.0]),
        ],
    )
    yield
    take_back()


@pytest.mark.parametrize("kind", CONFIGS)
@pytest.mark.parametrize("schedule", ["Automatic", "Karras", "Even"])
@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_it_moves_as_eulers_method_does(kind: str, schedule: str, strength: float) -> None:
    options, clean = {"strength": strength}, None if strength == 1.0 else CLEAN
    ours, euler = (
        walk(schedule_of(name, schedule, CONFIGS[kind], **options), shrink, clean=clean)
        for name in ("Straight", "Euler")
    )
    assert len(ours.steps) == len(euler.steps)
    torch.testing.assert_close(ours.end, euler.end, rtol=1e-3, atol=1e-3)
    for one, other in zip(ours.steps, euler.steps, strict=True):
        assert (one.sigma, one.timestep) == pytest.approx((other.sigma, other.timestep))


def test_a_sampler_that_makes_nothing_to_walk_with_is_refused() -> None:
    with pytest.raises(GenerationFailed, match="what it makes has no timesteps"):
        schedule_of("Broken", Schedule.KARRAS, CONFIGS["epsilon"])
    assert find_sampler("broken") is not None


def test_a_schedule_type_of_another_length_is_refused() -> None:
    with pytest.raises(GenerationFailed, match="'Short' of the extension ours cannot be used: it must be 9 falling"):
        schedule_of("Euler", "Short", CONFIGS["epsilon"])
