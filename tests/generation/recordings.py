"""Recordings without their tensors, for tests."""

from typing import Any

from webui.generation.request import GenerationRequest
from webui.generation.trajectory import RecordedModel, RecordedPass, TrajectoryHeader, TrajectorySummary

ID = "c" * 32


def summary(calls: int = 4, *, pictures: int = 1, complete: bool = True, **request: Any) -> TrajectorySummary:
    """A recording of one pass of so many calls; picture i has the seed 5 + i."""
    values = {"prompt": "a boat, 猫", "seed": 5, "steps": calls, "sampler": "Euler", "width": 64, "height": 64}
    sigmas = tuple(float(calls - place) for place in range(calls + 1))
    walked = RecordedPass(
        sampler="Euler", schedule="Automatic", steps=calls, sigmas=sigmas,
        timesteps=tuple(900.0 - 10 * place for place in range(calls)),
    )  # fmt: skip
    model = RecordedModel(
        name="tiny", fingerprint="f" * 16, family="stable-diffusion", latent_channels=4, latent_scale=8,
        scheduler_config={}, preview_weights=((0.1, 0.1, 0.1),) * 4, preview_bias=(0.5, 0.5, 0.5),
    )  # fmt: skip
    header = TrajectoryHeader(
        id=ID, job="job", created=1.0e9, program="Darkroom", request=GenerationRequest.parse(values | request),
        seeds=tuple(range(5, 5 + pictures)), variation_seeds=(-1,) * pictures, places=tuple(range(pictures)),
        model=model, device="cpu", dtype="float32",
    )  # fmt: skip
    movement = (0.5,) * calls
    return TrajectorySummary(header=header, passes=(walked,), calls=(calls,), movement=movement, complete=complete)
