"""Diffusers' DPM2 schedulers, without the quarter of a second that their constructors take."""

import torch
from diffusers import KDPM2AncestralDiscreteScheduler, KDPM2DiscreteScheduler

Device = str | torch.device | None


class DPM2Scheduler(KDPM2DiscreteScheduler):
    """DPM-Solver-2 as k-diffusion has it (Karras et al. 2022, algorithm 2, with the middle in log sigma)."""

    def set_timesteps(
        self, num_inference_steps: int, device: Device = None, num_train_timesteps: int | None = None
    ) -> None:
        """As diffusers'; the schedule of every training timestep, which nobody walks, is made of one step."""
        steps = 1 if num_inference_steps == self.config["num_train_timesteps"] else num_inference_steps
        super().set_timesteps(steps, device, num_train_timesteps)


class DPM2AncestralScheduler(KDPM2AncestralDiscreteScheduler):
    """DPM2 with fresh noise at each step."""

    def set_timesteps(
        self, num_inference_steps: int, device: Device = None, num_train_timesteps: int | None = None
    ) -> None:
        """As `DPM2Scheduler`'s."""
        steps = 1 if num_inference_steps == self.config["num_train_timesteps"] else num_inference_steps
        super().set_timesteps(steps, device, num_train_timesteps)
