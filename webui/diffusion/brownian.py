"""DPM++ SDE with a Brownian motion of its own for each picture, drawn on the CPU."""

import warnings
from typing import Any

import torch
from diffusers import DPMSolverSDEScheduler
from diffusers.schedulers.scheduling_dpmsolver_sde import BrownianTreeNoiseSampler


class SeededDPMSolverSDEScheduler(DPMSolverSDEScheduler):
    """Diffusers' scheduler, whose noise does not depend on the device or on the other pictures of the batch.

    `noise_sampler_seed` is to be set to a list of seeds, one for each picture, before the walk. The noise of a stretch
    of sigma is the same however it is cut into steps (Kidger et al. 2021, section 4), so pictures of more steps
    resemble those of fewer.
    """

    def scale_model_input(self, sample: torch.Tensor, timestep: float | torch.Tensor) -> torch.Tensor:
        """As diffusers'. Being the first to see the latents (batch, channels, h, w), it prepares their noise."""
        if self.noise_sampler is None and self.noise_sampler_seed is not None:
            self.noise_sampler = _NoiseOnCpu(self.sigmas, sample, self.noise_sampler_seed)
        return super().scale_model_input(sample, timestep)


class _NoiseOnCpu:
    def __init__(self, sigmas: torch.Tensor, latents: torch.Tensor, seeds: Any) -> None:
        least, most = float(sigmas[sigmas > 0].min()), float(sigmas.max())
        like = torch.zeros(latents.shape, dtype=torch.float32)
        self._tree = BrownianTreeNoiseSampler(like, least, most, seeds)
        self._latents = latents.new_empty(0)

    def __call__(self, sigma: torch.Tensor, sigma_next: torch.Tensor) -> torch.Tensor:
        """Standard normal noise for the stretch between two levels, (batch, channels, h, w)."""
        with warnings.catch_warnings():
            # Torchsde rounds its ends to six digits and moves what then lies outside back to them, with a warning.
            warnings.filterwarnings("ignore", "Should have t", UserWarning)
            return self._tree(float(sigma), float(sigma_next)).to(self._latents)
