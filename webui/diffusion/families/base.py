"""What differs between model architectures, behind one small protocol. Adding an architecture means adding a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch

Latents = torch.Tensor
"""(batch, channels, height / 8, width / 8), in the family's dtype and on its device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyInfo:
    """What the rest of the product may know of a loaded model's family.

    `default_size` is the side in pixels that the model was trained for; sides must be multiples of `size_multiple`;
    `latent_scale` is how many pixels a latent covers along a side.
    """

    name: str
    default_size: int
    size_multiple: int
    latent_channels: int
    latent_scale: int


class Family(Protocol):
    """A loaded model, ready to walk."""

    info: FamilyInfo
    scheduler_config: Mapping[str, Any]

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        ...

    @property
    def dtype(self) -> torch.dtype:
        """What the weights are computed in."""
        ...

    def encode_prompt(self, prompts: Sequence[str]) -> torch.Tensor:
        """Prompts to embeddings (len(prompts), tokens, width)."""
        ...

    def predict(self, latents: Latents, timestep: torch.Tensor, embeddings: torch.Tensor) -> Latents:
        """What the network says of noisy latents: epsilon, v or x0, as the scheduler's configuration names it."""
        ...

    def encode_pictures(self, pictures: torch.Tensor) -> Latents:
        """Pictures (batch, 3, height, width) from -1 to 1 to latents, without sampling noise."""
        ...

    def decode(self, latents: Latents) -> np.ndarray:
        """Latents to pictures, uint8 (batch, height, width, 3)."""
        ...
