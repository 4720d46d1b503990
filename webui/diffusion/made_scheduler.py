"""The scheduler of an extension's sampler: made for one walk, and looked at before the walk begins."""

from collections.abc import Callable, Mapping
from typing import Any

import torch

from webui.errors import GenerationFailed, WebUIError
from webui.generation.offered import SamplerPlan

_NEEDED = ("timesteps", "sigmas", "order", "config", "step", "scale_model_input")


def made_scheduler(
    make: Callable[[SamplerPlan], Any], laid_out: Any, config: Mapping[str, Any], *, flow: bool, device: torch.device
) -> Any:
    """What `make` makes for the noise levels of a scheduler that is laid out.

    Args:
        make: the extension's.
        laid_out: Euler's scheduler with its timesteps set.
        config: the model's own scheduler configuration.
        flow: whether the model was trained by flow matching.
        device: where the walk runs.

    Raises:
        GenerationFailed: it could not be made, or is nothing that can be walked.
    """
    plan = SamplerPlan(
        config=dict(config),
        sigmas=tuple(laid_out.sigmas.tolist()),
        timesteps=tuple(laid_out.timesteps.tolist()),
        scale=float(getattr(laid_out, "init_noise_sigma", 1.0)),
        flow=flow,
        device=device,
    )
    try:
        scheduler = make(plan)
        missing = [name for name in _NEEDED if not hasattr(scheduler, name)]
        fits = not missing and len(scheduler.sigmas) == len(scheduler.timesteps) + 1 >= 2
    except WebUIError:
        raise
    except Exception as error:
        raise _unusable(f"it could not be made ({type(error).__name__})") from error
    if missing:
        raise _unusable(f"what it makes has no {missing[0]}")
    if not fits:
        raise _unusable("it needs one noise level more than it has timesteps")
    return scheduler


def _unusable(why: str) -> GenerationFailed:
    return GenerationFailed(
        f"The sampler of an extension cannot be used: {why}.", hint="Choose another sampler.", field="sampler"
    )
