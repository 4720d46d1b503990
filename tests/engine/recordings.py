"""Recordings made by hand: real schedules and solvers, and predictions that need no network."""

import json
from pathlib import Path
from typing import Any

import torch

from webui.diffusion.passes import Pass, Turn, generator_states
from webui.diffusion.samplers import NoiseSchedule, SolverOptions
from webui.engine.trajectory_file import raw
from webui.generation.request import GenerationRequest
from webui.generation.samplers import Schedule
from webui.generation.trajectory import (
    FORMAT,
    VERSION,
    Origin,
    RecordedModel,
    TrajectoryHeader,
    TrajectorySummary,
)
from webui.library.raw_tensors import packed
from webui.library.trajectory_files import TrajectoryFiles

CONFIG = {
    "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
    "prediction_type": "epsilon", "steps_offset": 1, "set_alpha_to_one": False, "clip_sample": False,
}  # fmt: skip
PREVIEW = ((0.3, 0.1, 0.0), (0.0, 0.2, 0.1), (0.1, 0.0, 0.2), (0.05, 0.05, 0.05))


def aim(seed: int, height: int = 8, width: int = 8) -> torch.Tensor:
    """The picture that a recording's predictions point at, (1, 4, height, width)."""
    return torch.randn(1, 4, height, width, generator=torch.Generator().manual_seed(seed + 1_000))


def write_recording(
    data_dir: Path,
    trajectory: str = "a" * 32,
    *,
    seeds: tuple[int, ...] = (7,),
    sampler: str = "Euler",
    steps: int = 10,
    side: int = 8,
    guidance: bool = False,
    model: str = "tiny",
    fingerprint: str = "",
    origin: Origin | None = None,
    walked: int | None = None,
    channels: int = 4,
    device: str = "cpu",
    **changes: Any,
) -> Path:
    """Write a recording; its walk goes straight to `aim(seed)`, and after `walked` calls it was cut short."""
    asked: dict[str, Any] = {
        "prompt": "the cat", "seed": seeds[0], "steps": steps, "sampler": sampler, "width": side * 8,
        "height": side * 8, "model": model, "batch_size": len(seeds),
    }  # fmt: skip
    request = GenerationRequest(**(asked | changes))
    schedule = NoiseSchedule(
        sampler=sampler, schedule=Schedule.AUTOMATIC, steps=steps, config=CONFIG, device=torch.device("cpu"),
        options=SolverOptions(),
    )  # fmt: skip
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    noise = torch.cat([torch.randn(1, channels, side, side, generator=own) for own in generators])
    target = torch.cat([aim(seed, side, side)[:, :channels] for seed in seeds])
    start, turn = schedule.start_from_noise(noise), Turn(call=0, generators=generator_states(generators))
    walk = Pass(schedule, start)
    walk.turn(turn)

    def predict(latents: torch.Tensor, timestep: torch.Tensor, index: int) -> torch.Tensor:
        return schedule.prediction_from_clean(target, latents, index)

    taken = list(walk.walked(predict, walked))
    predictions = torch.stack([step.prediction for step in taken])
    tensors = {
        "pass0.start": start, "pass0.predictions": predictions,
        "pass0.turn0.generators": torch.stack(turn.generators),
    }  # fmt: skip
    if guidance:
        tensors |= {"pass0.conditional": predictions, "pass0.negative": predictions * 0.5}
    header = TrajectoryHeader(
        id=trajectory, job="job", created=1_700_000_000.0, program="test", request=request, seeds=seeds,
        variation_seeds=(-1,) * len(seeds), places=tuple(range(len(seeds))),
        model=_model(model, fingerprint, channels), device=device, dtype="float32", guidance=guidance, origin=origin,
    )  # fmt: skip
    movement = [float((step.latents - step.noisy).square().mean().sqrt()) for step in taken]
    summary = TrajectorySummary(
        header=header, passes=(schedule.plan(),), calls=(len(taken),), movement=tuple(movement), complete=walked is None
    )
    return _written(TrajectoryFiles(data_dir).path(trajectory), summary, tensors)


def _written(path: Path, summary: TrajectorySummary, tensors: dict[str, torch.Tensor]) -> Path:
    texts = {
        "format": FORMAT, "version": str(VERSION), "summary": summary.model_dump_json(),
        "turns": json.dumps([[{"call": 0, "soft": False, "first": 0.0}]]),
    }  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(packed({name: raw(value) for name, value in tensors.items()}, texts)))
    return path


def _model(name: str, fingerprint: str, channels: int) -> RecordedModel:
    return RecordedModel(
        name=name, fingerprint=fingerprint, family="stable-diffusion", latent_channels=channels, latent_scale=8,
        scheduler_config=CONFIG, preview_weights=PREVIEW[:channels], preview_bias=(0.5, 0.5, 0.5),
    )  # fmt: skip
