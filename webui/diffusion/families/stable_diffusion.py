"""Stable Diffusion 1.x and 2.x: a UNet with cross-attention to CLIP's text encoder (Rombach et al. 2022)."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch

from webui.diffusion.attention_maps import AttentionMaps, recorded_attention
from webui.diffusion.families.base import FamilyInfo, Latents, MaskView, PromptEmbedding, PromptOptions
from webui.diffusion.families.clip_text import ClipText
from webui.diffusion.families.picture_vae import PictureVae
from webui.diffusion.families.single_encoder import SingleEncoderReader
from webui.diffusion.pag import identity_attention
from webui.diffusion.tiling import circular_padding
from webui.generation.families import family_traits


class StableDiffusion:
    """The family's parts, as diffusers and transformers load them; no pipeline is involved.

    Args:
        parts: "unet" (a `UNet2DConditionModel`), "vae" (`AutoencoderKL` or `AutoencoderTiny`) and "text_encoder" (a
            `CLIPTextModel`). (Any, as its kin: their classes take their attributes at run time.)
        tokenizers: "tokenizer", a `CLIPTokenizer`.
        scheduler_config: the model's own scheduler configuration.
        device: where it computes.
        dtype: what it computes in.
        settings: the pipeline's own entries in model_index.json; this family has none.
    """

    def __init__(
        self,
        parts: Mapping[str, Any],
        *,
        tokenizers: Mapping[str, Any],
        scheduler_config: Mapping[str, Any],
        device: torch.device,
        dtype: torch.dtype,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.parts = parts
        self.device = device
        self.dtype = dtype
        self.scheduler_config = scheduler_config
        self._unet = parts["unet"]
        self._text = ClipText(tokenizer=tokenizers["tokenizer"], encoder=parts["text_encoder"], device=device)
        self._vae = PictureVae(parts["vae"], device=device, dtype=dtype)
        self.info = FamilyInfo(
            traits=family_traits("stable-diffusion"),
            architecture=_architecture(self._unet.config.cross_attention_dim),
            default_size=self._unet.config.sample_size * self._vae.scale,
            size_multiple=self._vae.scale,
            latent_channels=self._vae.channels,
            latent_scale=self._vae.scale,
            mask_view=MaskView.LATENTS if self._unet.config.in_channels == 2 * self._vae.channels + 1 else None,
        )

    def flow_shift(self, width: int, height: int, steps: int) -> float | None:
        """Nothing: noise is not mixed in along a straight line here."""
        return None

    def read_prompts(self, options: PromptOptions) -> SingleEncoderReader:
        """Reads prompts with CLIP's text encoder."""
        return SingleEncoderReader(self._text, options)

    def predict(self, latents: Latents, timestep: torch.Tensor, prompts: PromptEmbedding) -> Latents:
        """The UNet's prediction, of the latents' shape."""
        return self._unet(latents, timestep, encoder_hidden_states=prompts.tokens, return_dict=False)[0]

    def perturbed_attention(self, first: int) -> AbstractContextManager[None]:
        """While it is entered, the rows from `first` on pass the middle block's self-attention unmixed.

        Raises:
            InvalidRequest: the UNet has no self-attention there.
        """
        return identity_attention(self._unet.mid_block, first)

    def recorded_attention(self, maps: AttentionMaps) -> AbstractContextManager[None]:
        """While it is entered, the UNet's predictions say in `maps` where they look for each token of the prompt."""
        return recorded_attention(self._unet, maps)

    def encode_pictures(self, pictures: torch.Tensor, generators: Sequence[torch.Generator] | None = None) -> Latents:
        """Pictures (batch, 3, height, width) from -1 to 1 to latents: sampled with generators, else the mean."""
        return self._vae.encode(pictures, generators)

    def decode(self, latents: Latents) -> np.ndarray:
        """Latents to pictures, uint8 (batch, height, width, 3)."""
        return self._vae.decode(latents)

    def tiled(self) -> AbstractContextManager[None]:
        """While it is entered, every convolution of the UNet and the VAE goes on at the opposite edge."""
        return circular_padding(self._unet, self._vae.network)


def _architecture(width: int) -> str:
    """What LoRAs must fit, by the width of the text that the UNet attends to."""
    return {768: "sd1", 1024: "sd2"}.get(width, f"sd-{width}")
