"""FLUX.1: a transformer over text and picture together, trained by flow matching (Black Forest Labs 2024).

Three kinds share this file. *dev* is distilled from a guided model and is told a guidance scale; *schnell* needs no
guidance and four steps; *Fill* also sees the kept part of a picture and the mask. Each can be guided in the usual way
too, by a negative prompt, at twice the cost.
"""

from collections.abc import Mapping
from typing import Any

import torch

from webui.diffusion.families.base import FamilyInfo, Latents, MaskView, PromptEmbedding, PromptOptions
from webui.diffusion.families.clip_text import ClipText
from webui.diffusion.families.filling import filled_with_zeros
from webui.diffusion.families.flow_family import FlowFamily
from webui.diffusion.families.packed_latents import packed, text_places, token_places, unpacked
from webui.diffusion.families.picture_vae import PictureVae
from webui.diffusion.families.t5_text import T5Reader, T5Text
from webui.diffusion.prompt_encoding import PromptEncoder
from webui.diffusion.prompt_words import PromptWord, same_word
from webui.generation.families import flux_traits, whole_text

_SIDE = 1024
_TIMES = 1000
"""The scheduler counts time up to this, the network up to 1."""
_PACKED = 4
"""How many latents a token of the network has."""


class Flux(FlowFamily):
    """The family's parts, as diffusers and transformers load them; no pipeline is involved.

    Args:
        parts: "transformer" (a `FluxTransformer2DModel`), "vae", "text_encoder" (a `CLIPTextModel`, of which only the
            pooled text is read) and "text_encoder_2" (a `T5EncoderModel`).
        tokenizers: "tokenizer" for CLIP and "tokenizer_2" for T5.
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
        config, vae = self.transformer.config, self.vae
        self.is_told_guidance: bool = config.guidance_embeds
        fills = _fills(config.in_channels, vae)
        self.clip = ClipText(tokenizer=tokenizers["tokenizer"], encoder=parts["text_encoder"], device=device)
        traits = flux_traits(fills=fills, is_told_guidance=self.is_told_guidance)
        whole = whole_text(traits.name, traits.capabilities)
        assert whole is not None
        self.t5 = T5Text(
            tokenizer=tokenizers[whole.tokenizer],
            encoder=parts["text_encoder_2"],
            device=device,
            length=whole.tokens + 1,
        )
        self.info = FamilyInfo(
            traits=traits,
            architecture="flux",
            default_size=_SIDE,
            size_multiple=2 * vae.scale,
            latent_channels=vae.channels,
            latent_scale=vae.scale,
            mask_view=MaskView.PIXELS if fills else None,
        )

    def read_prompts(self, options: PromptOptions) -> "FluxReader":
        """Reads prompts with T5, and as a whole with CLIP."""
        return FluxReader(self, options)

    def predict(self, latents: Latents, timestep: torch.Tensor, prompts: PromptEmbedding) -> Latents:
        """The transformer's prediction, (rows, latent channels, height, width)."""
        height, width = latents.shape[-2:]
        predicted = self.transformer(
            hidden_states=packed(latents),
            timestep=timestep.expand(len(latents)).to(latents.dtype) / _TIMES,
            guidance=prompts.more.get("guidance"),
            pooled_projections=prompts.more["pooled"],
            encoder_hidden_states=prompts.tokens.contiguous(),
            txt_ids=text_places(prompts.tokens.shape[1], device=latents.device),
            img_ids=token_places(height, width, device=latents.device),
            return_dict=False,
        )[0]
        return unpacked(predicted, height, width)


def _fills(channels: int, vae: PictureVae) -> bool:
    """Whether a network of so many input channels is Fill.

    Raises:
        ValueError: it is neither Fill nor one that sees nothing but latents.
    """
    latents, shown = _PACKED * vae.channels, _PACKED * (vae.channels + vae.scale**2)
    if channels not in (latents, latents + shown):
        raise ValueError(f"its network has {channels} input channels, which none of the FLUX.1 models for text has.")
    return channels != latents


class FluxReader:
    """A `PromptReader`: the tokens are T5's; what CLIP pools and the guidance scale go beside them."""

    def __init__(self, family: Flux, options: PromptOptions) -> None:
        self._t5 = T5Reader(family.t5, emphasis=options.emphasis)
        self._clip = PromptEncoder(family.clip, emphasis=options.emphasis, clip_skip=1, embeddings=_no_embeddings)
        self._dtype = family.dtype
        self._guidance: dict[str, torch.Tensor] = {}
        if family.is_told_guidance:
            self._guidance["guidance"] = torch.tensor([options.request.distilled_guidance], device=family.device)
        self.notes = self._t5.notes

    def __call__(self, text: str, *, negative: bool = False) -> PromptEmbedding:
        """A prompt to an embedding of as many tokens as the network was trained for."""
        return self._beside(self._t5(text), self._clip.pooled(text))

    def filled(self, embedding: PromptEmbedding, tokens: int) -> PromptEmbedding:
        """An embedding with zeros behind its text, up to so many tokens; all texts are of one length here."""
        return filled_with_zeros(embedding, tokens)

    def words(self, text: str) -> list[PromptWord]:
        """The words of a prompt that can be pointed at, and the places of their tokens in its embedding."""
        return self._t5.words(text)

    def without(self, text: str, word: PromptWord) -> PromptEmbedding:
        """The embedding of a prompt of which one word is left out, of the same shape."""
        its = same_word(word, self.words(text), self._clip.words(text))
        pooled = self._clip.pooled_without(text, its) if its else self._clip.pooled(text)
        return self._beside(self._t5.without(text, word), pooled)

    def _beside(self, tokens: torch.Tensor, pooled: torch.Tensor) -> PromptEmbedding:
        return PromptEmbedding(tokens.to(self._dtype), {"pooled": pooled.to(self._dtype), **self._guidance})


def _no_embeddings(name: str) -> torch.Tensor | None:
    """Textual inversions were never made for this family: their names are words like others."""
    return None
