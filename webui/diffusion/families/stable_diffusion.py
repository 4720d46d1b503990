"""Stable Diffusion 1.x and 2.x: a UNet with cross-attention to CLIP's text encoder (Rombach et al. 2022)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from diffusers.image_processor import VaeImageProcessor

from webui.diffusion.families.base import FamilyInfo, Latents


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
        self._tokenizer = tokenizer
        self.scheduler_config = scheduler_config
        scale = 2 ** (len(vae.config.block_out_channels) - 1)
        self._image_processor = VaeImageProcessor(vae_scale_factor=scale)
        self.info = FamilyInfo(
            name="stable-diffusion",
            default_size=unet.config.sample_size * scale,
            size_multiple=scale,
            latent_channels=unet.config.in_channels,
            latent_scale=scale,
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

    @torch.inference_mode()
    def encode_prompt(self, prompts: Sequence[str]) -> torch.Tensor:
        """Prompts to embeddings (len(prompts), 77, width); what is longer than 75 tokens is cut off."""
        tokens = self._tokenizer(
            list(prompts),
            padding="max_length",
            max_length=self._tokenizer.model_max_length,
            truncation=True,
            return_tensors="pt",
        )
        uses_mask = getattr(self._text_encoder.config, "use_attention_mask", False)
        mask = tokens.attention_mask.to(self.device) if uses_mask else None
        embeddings = self._text_encoder(tokens.input_ids.to(self.device), attention_mask=mask)[0]
        return embeddings.to(dtype=self.dtype)

    def predict(self, latents: Latents, timestep: torch.Tensor, embeddings: torch.Tensor) -> Latents:
        """The UNet's prediction, of the latents' shape."""
        return self._unet(latents, timestep, encoder_hidden_states=embeddings, return_dict=False)[0]

    @torch.inference_mode()
    def encode_pictures(self, pictures: torch.Tensor) -> Latents:
        """Pictures (batch, 3, height, width) from -1 to 1 to latents: the mean, without sampling noise."""
        encoded = self._vae.encode(pictures.to(self.device, self.dtype))
        latents = encoded.latents if hasattr(encoded, "latents") else encoded.latent_dist.mode()
        return latents * self._vae.config.scaling_factor

    @torch.inference_mode()
    def decode(self, latents: Latents) -> np.ndarray:
        """Latents to pictures, uint8 (batch, height, width, 3), rounded as diffusers' image processor does."""
        decoded = self._vae.decode(latents.to(self.dtype) / self._vae.config.scaling_factor, return_dict=False)[0]
        pictures = self._image_processor.postprocess(decoded, output_type="np")
        return (np.asarray(pictures) * 255).round().astype("uint8")
