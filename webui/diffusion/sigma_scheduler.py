"""A base for samplers of one call a step, which say how to move and leave the rest to it. Extensions build on it."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace

import torch
from diffusers.utils.torch_utils import randn_tensor

from webui.generation.offered import SamplerPlan


class SigmaScheduler:
    """A scheduler as the denoise loop walks it; a subclass says in `move` where the latents go.

    Latents are x0 + sigma * noise, those of flow-matching models (1 - sigma) * x0 + sigma * noise. What `move` keeps in
    `self` from call to call comes back when a recording is replayed, as that calls it again with the same values.

    Args:
        plan: the walk that it is made for.
    """

    order = 1

    def __init__(self, plan: SamplerPlan) -> None:
        self.flow = plan.flow
        self.timesteps = torch.tensor(plan.timesteps, dtype=torch.float32, device=plan.device)
        self.sigmas = torch.tensor(plan.sigmas, dtype=torch.float32)
        self.init_noise_sigma = plan.scale
        self.config = SimpleNamespace(**{"prediction_type": "epsilon", "num_train_timesteps": 1000, **plan.config})
        self.call = 0

    def move(
        self,
        latents: torch.Tensor,
        clean: torch.Tensor,
        sigma: float,
        sigma_next: float,
        noise: Callable[[], torch.Tensor],
    ) -> torch.Tensor:
        """The latents at the next noise level.

        Args:
            latents: where the walk is, (batch, channels, h, w) in float32, as all that follows.
            clean: the picture that the model sees in them: its x0.
            sigma: their noise level.
            sigma_next: the next one; 0 at the end.
            noise: draws fresh noise of unit variance, for each picture from its own generator.
        """
        raise NotImplementedError

    def set_begin_index(self, begin_index: int = 0) -> None:
        """The walk begins at this call."""
        self.call = begin_index

    def scale_model_input(self, sample: torch.Tensor, timestep: float | torch.Tensor) -> torch.Tensor:
        """Latents as the network sees them."""
        return sample if self.flow else sample / (float(self.sigmas[self.call]) ** 2 + 1) ** 0.5

    def step(
        self,
        model_output: torch.Tensor,
        timestep: float | torch.Tensor,
        sample: torch.Tensor,
        *,
        generator: Sequence[torch.Generator] | None = None,
        return_dict: bool = False,
    ) -> tuple[torch.Tensor]:
        """One move along the schedule, in float32; returned in the prediction's own dtype."""
        sigma, sigma_next = (float(each) for each in self.sigmas[self.call : self.call + 2])
        latents, output = sample.float(), model_output.float()

        def noise() -> torch.Tensor:
            generators = None if generator is None else list(generator)
            return randn_tensor(latents.shape, generator=generators, device=latents.device, dtype=latents.dtype)

        moved = self.move(latents, self._clean(output, latents, sigma), sigma, sigma_next, noise)
        self.call += 1
        return (moved.to(model_output.dtype),)

    def _clean(self, output: torch.Tensor, latents: torch.Tensor, sigma: float) -> torch.Tensor:
        """The x0 of a prediction; v as Salimans & Ho 2022, appendix D, have it for latents of unit variance."""
        if self.config.prediction_type == "sample":
            return output
        if self.flow or self.config.prediction_type != "v_prediction":
            return latents - sigma * output
        return latents / (sigma**2 + 1) - output * sigma / (sigma**2 + 1) ** 0.5
