"""Stable Diffusion 1.x and 2.x: a UNet with cross-attention to CLIP's text encoder (Rombach et al. 2022)."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch
from diffusers.image_processor import VaeImageProcessor

from webui.diffusion.attention_maps import AttentionMaps, recorded_attention
from webui.diffusion.families.base import FamilyInfo, Latents
from webui.diffusion.families.clip_text import ClipText
from webui.diffusion.pag import identity_attention
from webui.diffusion.tiling import circular_padding


class StableDiffusion:
    """The family's parts, as diffusers and transformers load them; no pipeline is involved.

    Args:
        unet: a `UNet2DConditionModel`. (Any, as its kin: diffusers' classes take their attributes at run time.)
        vae: an `AutoencoderKL` or `AutoencoderTiny`.
        text_encoder: a `CLIPTextModel`.
        tokenizer: a `CLIPTokenizer`.
        scheduler_config: the model's own scheduler configuration.
    """

    def __init__(
        self,
        *,
        unet: Any,
        vae: Any,
        text_encoder: Any,
        tokenizer: Any,
        scheduler_config: Mapping[str, Any],
    ) -> None:
        self._unet = unet
        self._vae = vae
        self._text_encoder = text_encoder
        self.text = ClipText(tokenizer=tokenizer, encoder=text_encoder)
        self.scheduler_config = scheduler_config
        scale = 2 ** (len(vae.config.block_out_channels) - 1)
        self._image_processor = VaeImageProcessor(vae_scale_factor=scale)
        self.info = FamilyInfo(
            name="stable-diffusion",
            default_size=unet.config.sample_size * scale,
            size_multiple=scale,
            latent_channels=vae.config.latent_channels,
            latent_scale=scale,
            inpainting=unet.config.in_channels == 2 * vae.config.latent_channels + 1,
        )

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self._unet.device

    @property
    def dtype(self) -> torch.dtype:
        """What the weights are computed in."""
        return self._unet.dtype

    def to(self, *, dtype: torch.dtype) -> None:
        """Converts all weights to a dtype, in place."""
        for part in (self._unet, self._vae, self._text_encoder):
            part.to(dtype=dtype)

    def predict(self, latents: Latents, timestep: torch.Tensor, embeddings: torch.Tensor) -> Latents:
        """The UNet's prediction, of the latents' shape."""
        return self._unet(latents, timestep, encoder_hidden_states=embeddings, return_dict=False)[0]

    def perturbed_attention(self, first: int) -> AbstractContextManager[None]:
        """While it is entered, the rows from `first` on pass the middle block's self-attention unmixed.

        Raises:
            InvalidRequest: the UNet has no self-attention there.
        """
        return identity_attention(self._unet.mid_block, first)

    def recorded_attention(self, maps: AttentionMaps) -> AbstractContextManager[None]:
        """While it is entered, the UNet's predictions say in `maps` where they look for each token of the prompt."""
        return recorded_attention(self._unet, maps)

    @torch.inference_mode()
    def encode_pictures(self, pictures: torch.Tensor, generators: Sequence[torch.Generator] | None = None) -> Latents:
        """Pictures (batch, 3, height, width) from -1 to 1 to latents: sampled with generators, else the mean.

        Each picture is encoded by itself and sampled from its own generator, as diffusers' pipelines do; one picture
        for several generators is encoded once.
        """
        moved = pictures.to(self.device, self.dtype)
        encoded = [self._vae.encode(moved[i : i + 1]) for i in range(len(moved))]
        if hasattr(encoded[0], "latents"):
            latents = torch.cat([each.latents for each in encoded])
            latents = latents.expand(len(generators), -1, -1, -1) if generators and len(latents) == 1 else latents
        elif generators is None:
            latents = torch.cat([each.latent_dist.mode() for each in encoded])
        else:
            each_for = encoded * len(generators) if len(encoded) == 1 else encoded
            drawn = [each.latent_dist.sample(own) for each, own in zip(each_for, generators, strict=True)]
            latents = torch.cat(drawn)
        return latents * self._vae.config.scaling_factor

    @torch.inference_mode()
    def decode(self, latents: Latents) -> np.ndarray:
        """Latents to pictures, uint8 (batch, height, width, 3), rounded as diffusers' image processor does."""
        decoded = self._vae.decode(latents.to(self.dtype) / self._vae.config.scaling_factor, return_dict=False)[0]
        pictures = self._image_processor.postprocess(decoded, output_type="np")
        return (np.asarray(pictures) * 255).round().astype("uint8")

    def tiled(self) -> AbstractContextManager[None]:
        """While it is entered, every convolution of the UNet and the VAE goes on at the opposite edge."""
        return circular_padding(self._unet, self._vae)
