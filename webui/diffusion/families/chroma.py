"""Chroma: FLUX.1 without the parts that tell it a pooled text and a guidance scale (Lodestone Rock 2025).

It was trained without distillation, so that it takes a negative prompt, and without the filling of texts: of that a
single token is kept. Each text is as long as it is, and needs no mask then.
"""

from collections.abc import Mapping
from typing import Any

import torch

from webui.diffusion.families.base import FamilyInfo, Latents, PromptEmbedding, PromptOptions
from webui.diffusion.families.filling import filled_with_zeros
from webui.diffusion.families.flow_family import FlowFamily
from webui.diffusion.families.packed_latents import packed, text_places, token_places, unpacked
from webui.diffusion.families.t5_text import T5Reader, T5Text
from webui.diffusion.prompt_words import PromptWord
from webui.generation.families import family_traits, whole_text

_SIDE = 1024
_TIMES = 1000
"""The scheduler counts time up to this, the network up to 1."""


class Chroma(FlowFamily):
    """The family's parts, as diffusers and transformers load them; no pipeline is involved.

    Args:
        parts: "transformer" (a `ChromaTransformer2DModel`), "vae" and "text_encoder" (a `T5EncoderModel`).
        tokenizers: "tokenizer", T5's.
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
        traits = family_traits("chroma")
        whole = whole_text(traits.name, traits.capabilities)
        assert whole is not None
        self.t5 = T5Text(
            tokenizer=tokenizers[whole.tokenizer],
            encoder=parts["text_encoder"],
            device=device,
            length=whole.tokens + 1,
            filled=False,
        )
        self.info = FamilyInfo(
            traits=traits,
            architecture="chroma",
            default_size=_SIDE,
            size_multiple=2 * self.vae.scale,
            latent_channels=self.vae.channels,
            latent_scale=self.vae.scale,
        )

    def read_prompts(self, options: PromptOptions) -> "ChromaReader":
        """Reads prompts with T5."""
        return ChromaReader(self, options)

    def predict(self, latents: Latents, timestep: torch.Tensor, prompts: PromptEmbedding) -> Latents:
        """The transformer's prediction, (rows, latent channels, height, width)."""
        height, width = latents.shape[-2:]
        predicted = self.transformer(
            hidden_states=packed(latents),
            timestep=timestep.expand(len(latents)).to(latents.dtype) / _TIMES,
            encoder_hidden_states=prompts.tokens.contiguous(),
            txt_ids=text_places(prompts.tokens.shape[1], device=latents.device),
            img_ids=token_places(height, width, device=latents.device),
            return_dict=False,
        )[0]
        return unpacked(predicted, height, width)


class ChromaReader:
    """A `PromptReader` over T5 alone."""

    def __init__(self, family: Chroma, options: PromptOptions) -> None:
        self._t5 = T5Reader(family.t5, emphasis=options.emphasis)
        self._dtype = family.dtype
        self.notes = self._t5.notes

    def __call__(self, text: str, *, negative: bool = False) -> PromptEmbedding:
        """A prompt to an embedding of as many tokens as it has, its end and one of filling."""
        return PromptEmbedding(self._t5(text).to(self._dtype))

    def filled(self, embedding: PromptEmbedding, tokens: int) -> PromptEmbedding:
        """An embedding with zeros behind its text, up to so many tokens."""
        return filled_with_zeros(embedding, tokens)

    def words(self, text: str) -> list[PromptWord]:
        """The words of a prompt that can be pointed at, and the places of their tokens in its embedding."""
        return self._t5.words(text)

    def without(self, text: str, word: PromptWord) -> PromptEmbedding:
        """The embedding of a prompt of which one word is left out."""
        return PromptEmbedding(self._t5.without(text, word).to(self._dtype))
