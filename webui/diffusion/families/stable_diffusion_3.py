"""Stable Diffusion 3 and 3.5: a transformer over text and picture together (Esser et al. 2024), a flow-matching model.

Its texts come from three encoders: two of CLIP's, side by side, and behind them T5's, without which it works too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.nn import functional

from webui.diffusion.families.base import FamilyInfo, Latents, MaskView, PromptEmbedding, PromptOptions
from webui.diffusion.families.clip_text import ClipText
from webui.diffusion.families.filling import filled_with
from webui.diffusion.families.flow_family import FlowFamily
from webui.diffusion.families.t5_text import T5Reader, T5Text
from webui.diffusion.prompt_encoding import PromptEncoder
from webui.diffusion.prompt_words import PromptWord, same_word
from webui.diffusion.text_encoder import for_encoder
from webui.errors import InvalidRequest
from webui.generation.families import family_traits

_T5_LENGTH = 256


class StableDiffusion3(FlowFamily):
    """The family's parts, as diffusers and transformers load them; no pipeline is involved.

    Args:
        parts: "transformer" (an `SD3Transformer2DModel`), "vae", "text_encoder" and "text_encoder_2"
            (`CLIPTextModelWithProjection`), and perhaps "text_encoder_3" (a `T5EncoderModel`).
        tokenizers: "tokenizer", "tokenizer_2", and perhaps "tokenizer_3".
        scheduler_config: the model's own scheduler configuration.
        device: where it computes.
        dtype: what it computes in.
        settings: the pipeline's own entries in model_index.json; this family has none.
    """

    most_shift = 1.16

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
        super().__init__(parts, scheduler_config=scheduler_config, device=device, dtype=dtype)
        config, vae = self.transformer.config, self.vae
        self.clips = {
            name: ClipText(
                tokenizer=tokenizers[f"tokenizer{end}"],
                encoder=parts[f"text_encoder{end}"],
                device=device,
                penultimate=True,
            )
            for name, end in (("clip_l", ""), ("clip_g", "_2"))
        }
        self.t5: T5Text | None = None
        if parts.get("text_encoder_3") is not None and tokenizers.get("tokenizer_3") is not None:
            self.t5 = T5Text(
                tokenizer=tokenizers["tokenizer_3"], encoder=parts["text_encoder_3"], device=device, length=_T5_LENGTH
            )
        self.text_width: int = config.joint_attention_dim
        self.info = FamilyInfo(
            traits=family_traits("stable-diffusion-3"),
            architecture="sd3",
            default_size=config.sample_size * vae.scale,
            size_multiple=config.patch_size * vae.scale,
            latent_channels=vae.channels,
            latent_scale=vae.scale,
            mask_view=MaskView.LATENTS if config.in_channels == 2 * vae.channels + 1 else None,
        )

    def read_prompts(self, options: PromptOptions) -> "StableDiffusion3Reader":
        """Reads prompts with all text encoders there are.

        Raises:
            InvalidRequest: the picture is larger than the network has places for.
        """
        self._check_size(options)
        return StableDiffusion3Reader(self, options)

    def _check_size(self, options: PromptOptions) -> None:
        most = self.transformer.config.pos_embed_max_size * self.info.size_multiple
        for name, side in (("width", options.width), ("height", options.height)):
            if side > most:
                field = name if side == getattr(options.request, name) else "hires.scale"
                raise InvalidRequest(
                    f"{field}: this model makes pictures of at most {most:,} x {most:,} pixels, not {side:,}.",
                    hint="Make it smaller, and enlarge the finished picture.",
                    field=field,
                )

    def predict(self, latents: Latents, timestep: torch.Tensor, prompts: PromptEmbedding) -> Latents:
        """The transformer's prediction, (rows, latent channels, height, width)."""
        return self.transformer(
            hidden_states=latents,
            timestep=timestep.expand(len(latents)),
            encoder_hidden_states=prompts.tokens.contiguous(),
            pooled_projections=prompts.more["pooled"],
            return_dict=False,
        )[0]


class StableDiffusion3Reader:
    """A `PromptReader`: CLIP's tokens of both encoders side by side, then T5's; what CLIP pools goes beside them.

    `notes` says in sentences what of the prompts could not be used.
    """

    def __init__(self, family: StableDiffusion3, options: PromptOptions) -> None:
        self.notes: list[str] = []
        self._clips = [
            PromptEncoder(
                clip,
                emphasis=options.emphasis,
                clip_skip=options.clip_skip,
                embeddings=for_encoder(options.embeddings, name),
            )
            for name, clip in family.clips.items()
        ]
        self._t5 = T5Reader(family.t5, emphasis=options.emphasis) if family.t5 else None
        self._width = family.text_width
        self._dtype = family.dtype
        self._read: dict[str, PromptEmbedding] = {}

    def __call__(self, text: str, *, negative: bool = False) -> PromptEmbedding:
        """A prompt to an embedding of 77 tokens for each of CLIP's chunks and 256 of T5's.

        Raises:
            InvalidRequest: a text encoder has fewer layers than are to be skipped.
        """
        if text not in self._read:
            tokens, pooled = [clip(text) for clip in self._clips], [clip.pooled(text) for clip in self._clips]
            self._read[text] = self._joined(tokens, self._t5(text) if self._t5 else None, pooled)
            self._tell()
        return self._read[text]

    def filled(self, embedding: PromptEmbedding, tokens: int) -> PromptEmbedding:
        """An embedding with CLIP's chunks of no words before T5's tokens, up to so many tokens."""
        return filled_with(embedding, self("").tokens[:, :-_T5_LENGTH], tokens, last=_T5_LENGTH)

    def words(self, text: str) -> list[PromptWord]:
        """The words of a prompt that can be pointed at, and the places of CLIP's tokens of them in its embedding."""
        return self._clips[0].words(text)

    def without(self, text: str, word: PromptWord) -> PromptEmbedding:
        """The embedding of a prompt of which one word is left out, of the same shape."""
        words = self.words(text)
        found = [same_word(word, words, clip.words(text)) for clip in self._clips]
        tokens = [clip.without(text, its) if its else clip(text) for clip, its in zip(self._clips, found, strict=True)]
        pooled = [
            clip.pooled_without(text, its) if its else clip.pooled(text)
            for clip, its in zip(self._clips, found, strict=True)
        ]
        t5 = None
        if self._t5:
            its = same_word(word, words, self._t5.words(text))
            t5 = self._t5.without(text, its) if its else self._t5(text)
        return self._joined(tokens, t5, pooled)

    def _joined(
        self, clips: Sequence[torch.Tensor], t5: torch.Tensor | None, pooled: Sequence[torch.Tensor]
    ) -> PromptEmbedding:
        """What CLIP's encoders say is side by side and filled up with zeros to T5's width; no T5 says zeros."""
        count = max(each.shape[1] for each in clips)
        said = torch.cat([functional.pad(each, (0, 0, 0, count - each.shape[1])) for each in clips], dim=-1)
        filled = functional.pad(said, (0, self._width - said.shape[-1]))
        rest = torch.zeros(1, _T5_LENGTH, self._width, device=said.device) if t5 is None else t5
        tokens = torch.cat([filled.to(self._dtype), rest.to(self._dtype)], dim=1)
        return PromptEmbedding(tokens, {"pooled": torch.cat(list(pooled), dim=-1).to(self._dtype)})

    def _tell(self) -> None:
        told = [note for clip in self._clips for note in clip.notes] + (self._t5.notes if self._t5 else [])
        self.notes.extend(note for note in dict.fromkeys(told) if note not in self.notes)
