"""Z-Image and Z-Image Turbo: a single-stream transformer over text and picture (Z-Image team, Alibaba 2025).

Prompts are read by Qwen3 as messages of a user. The guidance scale is counted as everywhere here, so that 1 is no
guidance: it is one more than diffusers' `guidance_scale` for this family, which counts from 0. Turbo needs none.
"""

from collections.abc import Mapping
from typing import Any

import torch

from webui.diffusion.families.base import FamilyInfo, Latents, PromptEmbedding, PromptOptions
from webui.diffusion.families.flow_family import FlowFamily
from webui.diffusion.families.language_text import LanguageReader, LanguageText
from webui.generation.families import family_traits

_SIDE = 1024
_TIMES = 1000
"""The scheduler counts time down from this, the network up from 0 to 1."""
_LENGTH = 512


class ZImage(FlowFamily):
    """The family's parts, as diffusers and transformers load them; no pipeline is involved.

    Args:
        parts: "transformer" (a `ZImageTransformer2DModel`), "vae" and "text_encoder" (a `Qwen3Model`).
        tokenizers: "tokenizer", with the conversation's template.
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
        super().__init__(parts, scheduler_config=scheduler_config, device=device, dtype=dtype, spacing="trailing")
        tokenizer = tokenizers["tokenizer"]

        def conversation(text: str) -> str:
            said = [{"role": "user", "content": text}]
            return tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=True, enable_thinking=True)

        self.text = LanguageText(
            tokenizer=tokenizer, encoder=parts["text_encoder"], device=device, conversation=conversation,
            length=_LENGTH, layers=(-2,),
        )  # fmt: skip
        self.info = FamilyInfo(
            traits=family_traits("z-image"),
            architecture="z-image",
            default_size=_SIDE,
            size_multiple=2 * self.vae.scale,
            latent_channels=self.vae.channels,
            latent_scale=self.vae.scale,
        )

    def read_prompts(self, options: PromptOptions) -> LanguageReader:
        """Reads prompts with Qwen3."""
        return LanguageReader(text=self.text, dtype=self.dtype)

    def predict(self, latents: Latents, timestep: torch.Tensor, prompts: PromptEmbedding) -> Latents:
        """The transformer's prediction, (rows, channels, height, width).

        It flows from noise to picture, the scheduler the other way.
        """
        time = (_TIMES - timestep.expand(len(latents)).to(latents.device)) / _TIMES
        predicted = self.transformer(
            list(latents.unsqueeze(2).unbind(0)), time, list(prompts.tokens.contiguous().unbind(0)), return_dict=False
        )[0]
        return -torch.stack(list(predicted)).squeeze(2).to(latents.dtype)
