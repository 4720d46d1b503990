"""What families whose network is a UNet with cross-attention have in common (Rombach et al. 2022)."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch

from webui.diffusion.attention_maps import AttentionMaps, recorded_attention
from webui.diffusion.families.base import FamilyInfo, Latents, MaskView
from webui.diffusion.families.picture_vae import PictureVae
from webui.diffusion.pag import identity_attention
from webui.diffusion.tiling import circular_padding
from webui.generation.families import family_traits


class UnetFamily:
    """Parts, autoencoder and views of a UNet; what reads prompts and predicts is each family's own.

    Args:
        parts: the networks by diffusers' names, "unet" and "vae" among them. (Any: diffusers' classes take their
            attributes at run time.)
        name: the family.
        architecture: what LoRAs must fit.
        scheduler_config: the model's own scheduler configuration.
        device: where it computes.
        dtype: what it computes in.
        encodes_finely: whether pictures are encoded in float32 at once.
    """

    def __init__(
        self,
        parts: Mapping[str, Any],
        *,
        name: str,
        architecture: str,
        scheduler_config: Mapping[str, Any],
        device: torch.device,
        dtype: torch.dtype,
        encodes_finely: bool = False,
    ) -> None:
        self.parts = parts
        self.device = device
        self.dtype = dtype
        self.scheduler_config = scheduler_config
        self.unet = parts["unet"]
        self.vae = PictureVae(parts["vae"], device=device, dtype=dtype, encodes_finely=encodes_finely)
        self.info = FamilyInfo(
            traits=family_traits(name),
            architecture=architecture,
            default_size=self.unet.config.sample_size * self.vae.scale,
            size_multiple=self.vae.scale,
            latent_channels=self.vae.channels,
            latent_scale=self.vae.scale,
            mask_view=MaskView.LATENTS if self.unet.config.in_channels == 2 * self.vae.channels + 1 else None,
        )

    def flow_shift(self, width: int, height: int, steps: int) -> float | None:
        """Nothing: noise is not mixed in along a straight line here."""
        return None

    def perturbed_attention(self, first: int) -> AbstractContextManager[None]:
        """While it is entered, the rows from `first` on pass the middle block's self-attention unmixed.

        Raises:
            InvalidRequest: the UNet has no self-attention there.
        """
        return identity_attention(self.unet.mid_block, first)

    def recorded_attention(self, maps: AttentionMaps) -> AbstractContextManager[None]:
        """While it is entered, the UNet's predictions say in `maps` where they look for each token of the prompt."""
        return recorded_attention(self.unet, maps)

    def encode_pictures(self, pictures: torch.Tensor, generators: Sequence[torch.Generator] | None = None) -> Latents:
        """Pictures (batch, 3, height, width) from -1 to 1 to latents: sampled with generators, else the mean."""
        return self.vae.encode(pictures, generators)

    def decode(self, latents: Latents) -> np.ndarray:
        """Latents to pictures, uint8 (batch, height, width, 3)."""
        return self.vae.decode(latents)

    def tiled(self) -> AbstractContextManager[None]:
        """While it is entered, every convolution of the UNet and the VAE goes on at the opposite edge."""
        return circular_padding(self.unet, self.vae.network)
