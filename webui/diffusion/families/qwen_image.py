"""Qwen-Image: a transformer over text and picture together, trained by flow matching (Wu et al. 2025).

Prompts are read by Qwen2.5-VL, the pictures by an autoencoder for films, of which a picture is one frame. Guidance
turns each token of a prediction and leaves it as long as it was.
"""

from collections.abc import Mapping
from typing import Any

import torch

from webui.diffusion.families.base import FamilyInfo, Latents, PromptEmbedding, PromptOptions
from webui.diffusion.families.flow_family import FlowFamily
from webui.diffusion.families.language_text import LanguageReader, LanguageText
from webui.diffusion.families.packed_latents import packed, unpacked
from webui.generation.families import family_traits

_SIDE = 1328
_TIMES = 1000
"""The scheduler counts time up to this, the network up to 1."""
_TASK = (
    "Describe the image by detailing the color, shape, size, texture, quantity, text, spatial relationships of the "
    "objects and background:"
)
"""What the language model was told to do while the network learnt from it, word by word."""
_BEFORE_PROMPT = 34
"""So many tokens of the conversation come before the prompt."""
_LENGTH, _KEPT = 1024 + _BEFORE_PROMPT, 512


class QwenImage(FlowFamily):
    """The family's parts, as diffusers and transformers load them; no pipeline is involved.

    Args:
        parts: "transformer" (a `QwenImageTransformer2DModel`), "vae" (an `AutoencoderKLQwenImage`) and "text_encoder"
            (a `Qwen2_5_VLForConditionalGeneration`).
        tokenizers: "tokenizer".
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
        self.text = LanguageText(
            tokenizer=tokenizers["tokenizer"], encoder=parts["text_encoder"], device=device,
            conversation=_conversation, length=_LENGTH, layers=(-1,), left_out=_BEFORE_PROMPT, kept=_KEPT,
        )  # fmt: skip
        self.info = FamilyInfo(
            traits=family_traits("qwen-image"),
            architecture="qwen-image",
            default_size=_SIDE,
            size_multiple=2 * self.vae.scale,
            latent_channels=self.vae.channels,
            latent_scale=self.vae.scale,
            keeps_length=True,
        )

    def read_prompts(self, options: PromptOptions) -> LanguageReader:
        """Reads prompts with Qwen2.5-VL."""
        return LanguageReader(text=self.text, dtype=self.dtype)

    def predict(self, latents: Latents, timestep: torch.Tensor, prompts: PromptEmbedding) -> Latents:
        """The transformer's prediction, (rows, channels, height, width)."""
        rows, _, height, width = latents.shape
        predicted = self.transformer(
            hidden_states=packed(latents),
            timestep=timestep.expand(rows).to(latents.device, latents.dtype) / _TIMES,
            encoder_hidden_states=prompts.tokens.contiguous(),
            img_shapes=[[(1, height // 2, width // 2)]] * rows,
            return_dict=False,
        )[0]
        return unpacked(predicted, height, width)


def _conversation(prompt: str) -> str:
    return f"<|im_start|>system\n{_TASK}<|im_end|>\n<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n"
