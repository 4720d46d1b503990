"""Diffusers' flow-matching schedulers with the part of the common interface that they leave out."""

import torch
from diffusers import FlowMatchEulerDiscreteScheduler, FlowMatchHeunDiscreteScheduler


class _SeesLatentsAsTheyAre:
    def scale_model_input(self, sample: torch.Tensor, timestep: float | torch.Tensor) -> torch.Tensor:
        """The latents (batch, channels, h, w) as they are: flow models see what is stepped."""
        return sample


class FlowEulerScheduler(_SeesLatentsAsTheyAre, FlowMatchEulerDiscreteScheduler):
    """Euler's method along a flow (Lipman et al. 2023)."""


class FlowHeunScheduler(_SeesLatentsAsTheyAre, FlowMatchHeunDiscreteScheduler):
    """Heun's method along a flow."""
