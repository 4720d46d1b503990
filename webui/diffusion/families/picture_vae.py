"""The autoencoder between pictures and latents (Kingma & Welling 2014), the same for all families."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from diffusers.image_processor import VaeImageProcessor

from webui.diffusion.families.base import Latents


class PictureVae:
    """An autoencoder as diffusers loads it, with latents as the networks were trained on them.

    `channels` is how many channels the latents have, `scale` how many pixels a latent covers along a side.

    Args:
        vae: an `AutoencoderKL`, an `AutoencoderTiny` or one of their interface. (Any: diffusers' classes take their
            attributes at run time.)
        device: where it computes.
        dtype: of the latents, and of what it computes in.
    """

    def __init__(self, vae: Any, *, device: torch.device, dtype: torch.dtype) -> None:
        self.network = vae
        self._device = device
        self._dtype = dtype
        self.channels: int = vae.config.latent_channels
        blocks = getattr(vae.config, "block_out_channels", None) or vae.config.decoder_block_out_channels
        self.scale: int = 2 ** (len(blocks) - 1)
        self._processor = VaeImageProcessor(vae_scale_factor=self.scale)

    @torch.inference_mode()
    def encode(self, pictures: torch.Tensor, generators: Sequence[torch.Generator] | None = None) -> Latents:
        """Pictures (batch, 3, height, width) from -1 to 1 to latents: sampled with generators, else the mean.

        Each picture is encoded by itself and sampled from its own generator, as diffusers' pipelines do; one picture
        for several generators is encoded once.
        """
        moved = pictures.to(self._device, self._dtype)
        encoded = [self.network.encode(moved[i : i + 1]) for i in range(len(moved))]
        if hasattr(encoded[0], "latents"):
            latents = torch.cat([each.latents for each in encoded])
            latents = latents.expand(len(generators), -1, -1, -1) if generators and len(latents) == 1 else latents
        elif generators is None:
            latents = torch.cat([each.latent_dist.mode() for each in encoded])
        else:
            each_for = encoded * len(generators) if len(encoded) == 1 else encoded
            drawn = [each.latent_dist.sample(own) for each, own in zip(each_for, generators, strict=True)]
            latents = torch.cat(drawn)
        return self._scaled(latents)

    @torch.inference_mode()
    def decode(self, latents: Latents) -> np.ndarray:
        """Latents to pictures, uint8 (batch, height, width, 3), rounded as diffusers' image processor does."""
        decoded = self.network.decode(self._unscaled(latents.to(self._dtype)), return_dict=False)[0]
        pictures = self._processor.postprocess(decoded, output_type="np")
        return (np.asarray(pictures) * 255).round().astype("uint8")

    def _scaled(self, latents: torch.Tensor) -> torch.Tensor:
        """What the encoder gives as networks see it: shifted and scaled, all channels alike or each by its own."""
        config = self.network.config
        statistics = self._statistics(latents)
        if statistics is not None:
            mean, spread = statistics
            return (latents - mean) * config.scaling_factor / spread
        shift = getattr(config, "shift_factor", None)
        return (latents - shift if shift else latents) * config.scaling_factor

    def _unscaled(self, latents: torch.Tensor) -> torch.Tensor:
        config = self.network.config
        statistics = self._statistics(latents)
        if statistics is not None:
            mean, spread = statistics
            return latents * spread / config.scaling_factor + mean
        latents = latents / config.scaling_factor
        shift = getattr(config, "shift_factor", None)
        return latents + shift if shift else latents

    def _statistics(self, latents: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor] | None:
        """The mean and the spread of each channel, (1, channels, 1, 1) each, where the model gives them."""
        config = self.network.config
        mean, spread = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
        if mean is None or spread is None:
            return None
        each = (torch.tensor(values).reshape(1, -1, 1, 1).to(latents) for values in (mean, spread))
        return next(each), next(each)
