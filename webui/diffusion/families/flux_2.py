"""FLUX.2: a transformer over text and picture together, trained by flow matching (Black Forest Labs 2025).

*dev* is read its prompts by Mistral Small and told a guidance scale; *klein* by Qwen3, and is either guided in the
usual way or distilled to a few steps without guidance. The latents here are those that the network sees: two by two of
the autoencoder's are one of four times the channels, each channel brought to the same mean and spread.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from diffusers.pipelines.flux2.system_messages import SYSTEM_MESSAGE

from webui.diffusion.families.base import FamilyInfo, Latents, PromptEmbedding, PromptOptions
from webui.diffusion.families.flow_family import FlowFamily
from webui.diffusion.families.language_text import LanguageReader, LanguageText
from webui.diffusion.families.picture_vae import PictureVae
from webui.generation.families import flux_2_traits

_SIDE = 1024
_TIMES = 1000
"""The scheduler counts time up to this, the network up to 1."""
_LENGTH = 512
_MISTRAL_LAYERS, _QWEN_LAYERS = (10, 20, 30), (9, 18, 27)
_LARGE = 4300
"""From so many tokens on the number of steps changes nothing."""


class Flux2(FlowFamily):
    """The family's parts, as diffusers and transformers load them; no pipeline is involved.

    Args:
        parts: "transformer" (a `Flux2Transformer2DModel`), "vae" (an `AutoencoderKLFlux2`) and "text_encoder" (a
            `Mistral3ForConditionalGeneration`, or a `Qwen3ForCausalLM` for klein).
        tokenizers: "tokenizer", with the conversation's template; of a `PixtralProcessor` only what cuts texts.
        scheduler_config: the model's own scheduler configuration.
        device: where it computes.
        dtype: what it computes in.
        settings: the pipeline's own entries in model_index.json: `is_distilled` for klein.
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
        self.vae = Flux2Vae(parts["vae"], device=device, dtype=dtype)
        self.is_told_guidance: bool = self.transformer.config.guidance_embeds
        reads, encoder = tokenizers["tokenizer"], parts["text_encoder"]
        klein = encoder.config.model_type == "qwen3"
        self.text = LanguageText(
            tokenizer=reads, encoder=encoder, device=device, length=_LENGTH, filled=True,
            conversation=_with_qwen(reads) if klein else _with_mistral(reads),
            layers=_QWEN_LAYERS if klein else _MISTRAL_LAYERS,
        )  # fmt: skip
        distilled = bool((settings or {}).get("is_distilled"))
        self.info = FamilyInfo(
            traits=flux_2_traits(is_told_guidance=self.is_told_guidance, is_distilled=distilled),
            architecture="flux-2",
            default_size=_SIDE,
            size_multiple=self.vae.scale,
            latent_channels=self.vae.channels,
            latent_scale=self.vae.scale,
        )

    def flow_shift(self, width: int, height: int, steps: int) -> float | None:
        """Grows with the picture and, unless it is large, with the number of steps.

        The logarithm lies on lines that the authors fitted for 10 and 200 steps: github.com/black-forest-labs/flux2,
        src/flux2/sampling.py.
        """
        if not self.scheduler_config.get("use_dynamic_shifting"):
            return None
        tokens = (width // self.vae.scale) * (height // self.vae.scale)
        at_200 = 0.00016927 * tokens + 0.45666666
        if tokens > _LARGE:
            return float(torch.tensor(at_200).exp())
        at_10 = 8.73809524e-05 * tokens + 1.89833333
        slope = (at_200 - at_10) / 190
        return float(torch.tensor(slope * steps + at_200 - 200 * slope).exp())

    def read_prompts(self, options: PromptOptions) -> LanguageReader:
        """Reads prompts with the language model; the guidance scale goes beside them."""
        more: dict[str, torch.Tensor] = {}
        if self.is_told_guidance:
            more["guidance"] = torch.tensor([options.request.distilled_guidance], device=self.device)
        return LanguageReader(text=self.text, dtype=self.dtype, more=more)

    def predict(self, latents: Latents, timestep: torch.Tensor, prompts: PromptEmbedding) -> Latents:
        """The transformer's prediction, (rows, channels, height, width)."""
        rows, channels, height, width = latents.shape
        predicted = self.transformer(
            hidden_states=latents.reshape(rows, channels, height * width).transpose(1, 2),
            timestep=timestep.expand(rows).to(latents.device, latents.dtype) / _TIMES,
            guidance=prompts.more.get("guidance"),
            encoder_hidden_states=prompts.tokens.contiguous(),
            txt_ids=_places(1, 1, prompts.tokens.shape[1], latents.device),
            img_ids=_places(height, width, 1, latents.device),
            return_dict=False,
        )[0]
        return predicted.transpose(1, 2).reshape(rows, channels, height, width)


class Flux2Vae(PictureVae):
    """The autoencoder, with the latents that the network sees.

    Args:
        vae: an `AutoencoderKLFlux2`, which remembers the mean and the spread of the channels.
        device: where it computes.
        dtype: of the latents.
    """

    def __init__(self, vae: Any, *, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__(vae, device=device, dtype=dtype)
        self._patch: int = vae.config.patch_size[0]
        self.channels *= self._patch**2
        self.scale *= self._patch

    def encode(self, pictures: torch.Tensor, generators: Sequence[torch.Generator] | None = None) -> Latents:
        """Pictures (batch, 3, height, width) from -1 to 1 to latents: always the mean, as the network learnt them."""
        latents = super().encode(pictures)
        return latents.expand(len(generators), -1, -1, -1) if generators and len(latents) == 1 else latents

    def _scaled(self, latents: torch.Tensor) -> torch.Tensor:
        mean, spread = self._norm(latents)
        return (torch.pixel_unshuffle(latents, self._patch) - mean) / spread

    def _unscaled(self, latents: torch.Tensor) -> torch.Tensor:
        mean, spread = self._norm(latents)
        return torch.pixel_shuffle(latents * spread + mean, self._patch)

    def _norm(self, latents: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The mean and the spread of each channel, (1, channels, 1, 1) each."""
        norm = self.network.bn
        spread = torch.sqrt(norm.running_var + self.network.config.batch_norm_eps)
        mean, spread = (values.reshape(1, -1, 1, 1).to(latents) for values in (norm.running_mean, spread))
        return mean, spread


def _with_mistral(tokenizer: Any) -> Callable[[str], str]:
    def conversation(prompt: str) -> str:
        said = (("system", SYSTEM_MESSAGE), ("user", prompt.replace("[IMG]", "")))
        messages = [{"role": role, "content": [{"type": "text", "text": text}]} for role, text in said]
        return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=False)

    return conversation


def _with_qwen(tokenizer: Any) -> Callable[[str], str]:
    def conversation(prompt: str) -> str:
        messages = [{"role": "user", "content": prompt}]
        return tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True, enable_thinking=False
        )

    return conversation


def _places(height: int, width: int, length: int, device: torch.device) -> torch.Tensor:
    """Where each token is: (tokens, 4), always 0, its row, its column, and its number in a text."""
    sides = (torch.arange(side, device=device) for side in (1, height, width, length))
    return torch.cartesian_prod(*sides)
