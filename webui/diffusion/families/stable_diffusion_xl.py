"""Stable Diffusion XL (Podell et al. 2023): base, refiner and inpainting models.

A larger UNet that attends to two CLIP text encoders side by side, and is also told what the second one makes of the
whole prompt, and numbers: sizes and crop, or, for the refiner, a score.
"""

from collections.abc import Mapping
from typing import Any

import torch

from webui.diffusion.families.base import Latents, PromptEmbedding, PromptOptions
from webui.diffusion.families.clip_text import ClipText
from webui.diffusion.families.filling import filled_with
from webui.diffusion.families.unet_family import UnetFamily
from webui.diffusion.prompt_encoding import PromptEncoder
from webui.diffusion.prompt_words import PromptWord
from webui.diffusion.text_encoder import for_encoder
from webui.generation.model_options import SizeConditioning

_SCORED_NUMBERS = 5
"""Numbers that a refiner is told: original size, crop corner and score. Others have the target size instead: 6."""


class StableDiffusionXL(UnetFamily):
    """The family's parts, as diffusers and transformers load them; no pipeline is involved.

    Args:
        parts: "unet" (a `UNet2DConditionModel`), "vae", "text_encoder" (a `CLIPTextModel`, which refiners lack) and
            "text_encoder_2" (a `CLIPTextModelWithProjection`).
        tokenizers: "tokenizer" and "tokenizer_2", as there are encoders.
        scheduler_config: the model's own scheduler configuration.
        device: where it computes.
        dtype: what it computes in.
        settings: the pipeline's own entries in model_index.json: `force_zeros_for_empty_prompt`.
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
        both = parts.get("text_encoder") is not None
        super().__init__(
            parts,
            name="stable-diffusion-xl",
            architecture="sdxl" if both else "sdxl-refiner",
            scheduler_config=scheduler_config,
            device=device,
            dtype=dtype,
            encodes_finely=bool(getattr(parts["vae"].config, "force_upcast", False)),
        )
        ends = {"clip_l": "", "clip_g": "_2"} if both else {"clip_g": "_2"}
        self.clips = {
            name: ClipText(
                tokenizer=tokenizers[f"tokenizer{end}"],
                encoder=parts[f"text_encoder{end}"],
                device=device,
                penultimate=True,
            )
            for name, end in ends.items()
        }
        self.scored = _told_numbers(self.unet.config, parts["text_encoder_2"].config) == _SCORED_NUMBERS
        self.zeros_for_empty = bool((settings or {}).get("force_zeros_for_empty_prompt", not self.scored))

    def read_prompts(self, options: PromptOptions) -> "StableDiffusionXLReader":
        """Reads prompts with all text encoders there are."""
        return StableDiffusionXLReader(self, options)

    def predict(self, latents: Latents, timestep: torch.Tensor, prompts: PromptEmbedding) -> Latents:
        """The UNet's prediction, (rows, latent channels, height, width)."""
        told = {"text_embeds": prompts.more["pooled"], "time_ids": prompts.more["numbers"]}
        return self.unet(
            latents,
            timestep,
            encoder_hidden_states=prompts.tokens,
            added_cond_kwargs=told,
            return_dict=False,
        )[0]


class StableDiffusionXLReader:
    """A `PromptReader`: the tokens of both encoders side by side, what the second pools, and the numbers.

    An empty negative prompt is nothing at all for models that were trained so: zeros in the place of tokens.
    """

    def __init__(self, family: StableDiffusionXL, options: PromptOptions) -> None:
        self._clips = [
            PromptEncoder(
                clip,
                emphasis=options.emphasis,
                clip_skip=options.clip_skip,
                embeddings=for_encoder(options.embeddings, name) if len(family.clips) > 1 else options.embeddings,
            )
            for name, clip in family.clips.items()
        ]
        self._dtype = family.dtype
        self._zeros_for_empty = family.zeros_for_empty
        self._numbers = {
            negative: torch.tensor(
                [_numbers(options, negative=negative, scored=family.scored)], dtype=family.dtype, device=family.device
            )
            for negative in (False, True)
        }
        self._read: dict[tuple[str, bool], PromptEmbedding] = {}
        self.notes: list[str] = []

    def __call__(self, text: str, *, negative: bool = False) -> PromptEmbedding:
        """A prompt to an embedding of 77 tokens for each chunk.

        Raises:
            InvalidRequest: a text encoder has fewer layers than are to be skipped.
        """
        if (text, negative) not in self._read:
            read = self._joined([clip(text) for clip in self._clips], self._clips[-1].pooled(text), negative=negative)
            if negative and not text and self._zeros_for_empty:
                more = {**read.more, "pooled": torch.zeros_like(read.more["pooled"])}
                read = PromptEmbedding(torch.zeros_like(read.tokens), more)
            self._read[text, negative] = read
            told = dict.fromkeys(note for clip in self._clips for note in clip.notes)
            self.notes.extend(note for note in told if note not in self.notes)
        return self._read[text, negative]

    def filled(self, embedding: PromptEmbedding, tokens: int) -> PromptEmbedding:
        """An embedding with chunks of no words behind its text, up to so many tokens."""
        return filled_with(embedding, self("").tokens, tokens)

    def words(self, text: str) -> list[PromptWord]:
        """The words of a prompt that can be pointed at, and the places of their tokens in its embedding."""
        return self._clips[0].words(text)

    def without(self, text: str, word: PromptWord) -> PromptEmbedding:
        """The embedding of a prompt of which one word is left out, of the same shape.

        All encoders cut a text into the same tokens.
        """
        tokens = [clip.without(text, word) for clip in self._clips]
        return self._joined(tokens, self._clips[-1].pooled_without(text, word), negative=False)

    def _joined(self, tokens: list[torch.Tensor], pooled: torch.Tensor, *, negative: bool) -> PromptEmbedding:
        told = {"pooled": pooled.to(self._dtype), "numbers": self._numbers[negative]}
        return PromptEmbedding(torch.cat(tokens, dim=-1).to(self._dtype), told)


def _told_numbers(unet: Any, text_encoder: Any) -> int:
    """How many numbers a UNet is told beside the pooled text."""
    return (unet.projection_class_embeddings_input_dim - text_encoder.projection_dim) // unet.addition_time_embed_dim


def _numbers(options: PromptOptions, *, negative: bool, scored: bool) -> tuple[float, ...]:
    """What the model is told, heights before widths: original size, crop corner, then target size or score."""
    told = options.request.size_conditioning or SizeConditioning()
    original = (told.original_height or options.height, told.original_width or options.width)
    corner = (told.crop_top, told.crop_left)
    if scored:
        return *original, *corner, told.negative_aesthetic_score if negative else told.aesthetic_score
    return *original, *corner, options.height, options.width
