"""Stable Diffusion 1.x and 2.x: a UNet with cross-attention to one CLIP text encoder (Rombach et al. 2022)."""

from collections.abc import Mapping
from typing import Any

import torch

from webui.diffusion.families.base import Latents, PromptEmbedding, PromptOptions
from webui.diffusion.families.clip_text import ClipText
from webui.diffusion.families.single_encoder import SingleEncoderReader
from webui.diffusion.families.unet_family import UnetFamily


class StableDiffusion(UnetFamily):
    """The family's parts, as diffusers and transformers load them; no pipeline is involved.

    Args:
        parts: "unet" (a `UNet2DConditionModel`), "vae" (`AutoencoderKL` or `AutoencoderTiny`) and "text_encoder" (a
            `CLIPTextModel`).
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
        super().__init__(
            parts,
            name="stable-diffusion",
            architecture=_architecture(parts["unet"].config.cross_attention_dim),
            scheduler_config=scheduler_config,
            device=device,
            dtype=dtype,
        )
        self._text = ClipText(tokenizer=tokenizers["tokenizer"], encoder=parts["text_encoder"], device=device)

    def read_prompts(self, options: PromptOptions) -> SingleEncoderReader:
        """Reads prompts with CLIP's text encoder."""
        return SingleEncoderReader(self._text, options)

    def predict(self, latents: Latents, timestep: torch.Tensor, prompts: PromptEmbedding) -> Latents:
        """The UNet's prediction, (rows, latent channels, height, width)."""
        return self.unet(latents, timestep, encoder_hidden_states=prompts.tokens, return_dict=False)[0]


def _architecture(width: int) -> str:
    """What LoRAs must fit, by the width of the text that the UNet attends to."""
    return {768: "sd1", 1024: "sd2"}.get(width, f"sd-{width}")
