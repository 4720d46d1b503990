"""Walks with a predictor in the place of a network, for tests of samplers and schedules."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from webui.diffusion.denoise import Step, denoise
from webui.diffusion.noise import draw_noise, picture_generators
from webui.diffusion.samplers import NoiseSchedule
from webui.generation.samplers import SAMPLERS

_BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "clip_sample": False}
EPSILON = {
    **_BETAS, "prediction_type": "epsilon", "timestep_spacing": "leading", "steps_offset": 1, "set_alpha_to_one": True,
}  # fmt: skip
V_PREDICTION = {
    **_BETAS, "prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "timestep_spacing": "trailing",
    "set_alpha_to_one": True,
}  # fmt: skip
FLOW = {"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0, "num_train_timesteps": 1000}
CONFIGS = {"epsilon": EPSILON, "v": V_PREDICTION, "flow": FLOW}
COMBINATIONS = [
    (kind, sampler.name, schedule)
    for kind in CONFIGS
    for sampler in SAMPLERS
    if sampler.flow == (kind == "flow")
    for schedule in sampler.schedules
]
"""(key of CONFIGS, sampler, schedule type) for all that the catalogue offers."""

SHAPE = (4, 8, 8)
CLEAN = torch.randn((1, *SHAPE), generator=torch.Generator().manual_seed(99))
"""The picture that a perfect predictor knows."""


@dataclass
class Walk:
    """What came of a walk."""

    schedule: NoiseSchedule
    steps: list[Step]
    calls: int

    @property
    def end(self) -> torch.Tensor:
        """The latents at the end, (batch, 4, 8, 8)."""
        return self.steps[-1].latents


def schedule_of(sampler: str, schedule: str, config: dict[str, Any], **options: Any) -> NoiseSchedule:
    asked: dict[str, Any] = {"steps": 8, **options}
    return NoiseSchedule(sampler=sampler, schedule=schedule, config=config, device=torch.device("cpu"), **asked)


def walk(
    schedule: NoiseSchedule,
    predict: Callable[[torch.Tensor, torch.Tensor, int], torch.Tensor],
    *,
    seeds: tuple[int, ...] = (1, 2),
    clean: torch.Tensor | None = None,
) -> Walk:
    """Walks from noise or, with `clean`, from those latents with noise."""
    generators = picture_generators(seeds)
    noise = draw_noise(seeds=seeds, generators=generators, shape=SHAPE, dtype=torch.float32)
    start = schedule.start_from_noise(noise) if clean is None else schedule.noised(clean, noise)
    calls = []

    def counted(latents: torch.Tensor, timestep: torch.Tensor, index: int) -> torch.Tensor:
        calls.append(index)
        return predict(latents, timestep, index)

    steps = list(denoise(counted, schedule, start, generators=generators))
    return Walk(schedule=schedule, steps=steps, calls=len(calls))


def shrink(latents: torch.Tensor, timestep: torch.Tensor, index: int) -> torch.Tensor:
    """A linear predictor, which depends on the timestep too."""
    return latents * (0.2 + 0.0005 * float(timestep))
