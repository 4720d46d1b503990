"""What families of flow-matching transformers have in common: one autoencoder, and things that only UNets can do."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch

from webui.diffusion.attention_maps import AttentionMaps
from webui.diffusion.families.base import FamilyInfo, Latents
from webui.diffusion.families.dynamic_shift import MOST_SHIFT, dynamic_shift
from webui.diffusion.families.picture_vae import PictureVae
from webui.errors import InvalidRequest, ViewUnavailable


class FlowFamily:
    """Parts, autoencoder and refusals; `info` and what reads and predicts are those of each family.

    Args:
        parts: the networks by diffusers' names, "transformer" and "vae" among them.
        scheduler_config: the model's own scheduler configuration.
        device: where it computes.
        dtype: what it computes in.
        spacing: how the noise levels of `Schedule.AUTOMATIC` lie: "trailing" begins at 1 and ends one step above 0;
            None is as the scheduler itself spaces them.
    """

    info: FamilyInfo
    most_shift = MOST_SHIFT
    """That which diffusers' pipeline of the family takes where a configuration leaves it out."""

    def __init__(
        self,
        parts: Mapping[str, Any],
        *,
        scheduler_config: Mapping[str, Any],
        device: torch.device,
        dtype: torch.dtype,
        spacing: str | None = None,
    ) -> None:
        self.parts = parts
        self.device = device
        self.dtype = dtype
        self.scheduler_config = {**scheduler_config, "flow_spacing": spacing} if spacing else scheduler_config
        self.transformer = parts["transformer"]
        self.vae = PictureVae(parts["vae"], device=device, dtype=dtype)

    def flow_shift(self, width: int, height: int, steps: int) -> float | None:
        """Grows with the picture where the scheduler's configuration says so."""
        side = self.info.size_multiple
        return dynamic_shift(self.scheduler_config, (width // side) * (height // side), most=self.most_shift)

    def perturbed_attention(self, first: int) -> AbstractContextManager[None]:
        """Nothing that these transformers were made for.

        Raises:
            InvalidRequest: always.
        """
        raise InvalidRequest(
            f"pag_scale: {self.info.traits.label} cannot be guided by perturbed attention.",
            hint="Set the PAG scale to 0, or choose a Stable Diffusion model.",
            field="pag_scale",
        )

    def recorded_attention(self, maps: AttentionMaps) -> AbstractContextManager[None]:
        """Text and picture attend to each other there, so that no map of a word stands by itself.

        Raises:
            ViewUnavailable: always.
        """
        raise ViewUnavailable(
            f"{self.info.traits.label} does not say where it looks for each word.",
            hint="Ask what each word changes instead.",
        )

    def tiled(self) -> AbstractContextManager[None]:
        """Each place of a picture has a number there, so that its edges cannot meet.

        Raises:
            InvalidRequest: always.
        """
        raise InvalidRequest(
            f"tiling: {self.info.traits.label} cannot make seamless textures.",
            hint="Turn tiling off, or choose a Stable Diffusion model.",
            field="tiling",
        )

    def encode_pictures(self, pictures: torch.Tensor, generators: Sequence[torch.Generator] | None = None) -> Latents:
        """Pictures (batch, 3, height, width) from -1 to 1 to latents: sampled with generators, else the mean."""
        return self.vae.encode(pictures, generators)

    def decode(self, latents: Latents) -> np.ndarray:
        """Latents to pictures, uint8 (batch, height, width, 3)."""
        return self.vae.decode(latents)
