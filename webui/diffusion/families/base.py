"""What differs between model architectures, behind one small protocol. Adding an architecture means adding a file."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Protocol, Self

import numpy as np
import torch

from webui.diffusion.attention_maps import AttentionMaps
from webui.diffusion.prompt_words import PromptWord
from webui.diffusion.text_encoder import EmbeddingLookup
from webui.generation.families import FamilyTraits
from webui.generation.request import Emphasis, GenerationRequest

Latents = torch.Tensor
"""(batch, channels, height / 8, width / 8), in the family's dtype and on its device."""


POOLED = "pooled"
"""The name, among what networks are told beside tokens, of what an encoder says of a whole text."""


class MaskView(Enum):
    """What an inpainting model sees of a mask, as further channels of its input, with the masked picture's latents."""

    LATENTS = auto()
    """The mask at the size of the latents, before them (Rombach et al. 2022, section 4.5)."""
    PIXELS = auto()
    """Each pixel of the mask that a latent covers, behind them (FLUX.1 Fill)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyInfo:
    """What the rest of the product may know of a loaded model's family.

    `traits` are those of all models of the family; `architecture` is what LoRAs must fit. `default_size` is the side in
    pixels that the model was trained for; sides must be multiples of `size_multiple`; `latent_scale` is how many pixels
    a latent covers along a side. Inpainting models also see the mask and the latents of the masked picture: as
    `mask_view` says, None for all others. With `keeps_length` guidance turns each token of a prediction and leaves its
    length.
    """

    traits: FamilyTraits
    architecture: str
    default_size: int
    size_multiple: int
    latent_channels: int
    latent_scale: int
    keeps_length: bool = False
    mask_view: MaskView | None = None

    @property
    def inpainting(self) -> bool:
        """Whether it sees what a mask keeps, so that nothing need be put back."""
        return self.mask_view is not None

    @property
    def name(self) -> str:
        """The family's name in `webui.generation.families`."""
        return self.traits.name

    @property
    def input_channels(self) -> int:
        """How many channels the model's input has: latents, and for inpainting models mask and masked latents."""
        match self.mask_view:
            case MaskView.LATENTS:
                return self.latent_channels * 2 + 1
            case MaskView.PIXELS:
                return self.latent_channels * 2 + self.latent_scale**2
            case None:
                return self.latent_channels


@dataclass(frozen=True, slots=True, eq=False)
class PromptEmbedding:
    """What the network is told of prompts, a row for each.

    `tokens` is (rows, n, width), what attention reads; `more` has further conditions by name, (rows, ...) each: a
    pooled text, sizes, a guidance scale. All of them are in the family's dtype and on its device.
    """

    tokens: torch.Tensor
    more: Mapping[str, torch.Tensor] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def shape(self) -> tuple[object, ...]:
        """What two embeddings must have in common to be rows of one: the shapes of all that a row has."""
        return self.tokens.shape[1:], *((name, self.more[name].shape[1:]) for name in sorted(self.more))

    def expand(self, rows: int) -> Self:
        """That of one row for as many rows, without copies."""
        return self._each(lambda tensor: tensor.expand(rows, *tensor.shape[1:]))

    def to(self, device: torch.device | None = None, dtype: torch.dtype | None = None) -> Self:
        """The same on a device and in a dtype; what is no floating-point number keeps its own."""
        return self._each(lambda tensor: tensor.to(device, dtype if tensor.is_floating_point() else None))

    @classmethod
    def joined(cls, embeddings: Sequence[Self]) -> Self:
        """One with the rows of all, which must have the same `shape`."""
        if len(embeddings) == 1:
            return embeddings[0]
        more = {name: torch.cat([each.more[name] for each in embeddings]) for name in embeddings[0].more}
        return cls(torch.cat([each.tokens for each in embeddings]), more)

    def _each(self, change: Any) -> Self:
        return type(self)(change(self.tokens), {name: change(tensor) for name, tensor in self.more.items()})


class PromptReader(Protocol):
    """Reads the prompts of one walk; equal texts are encoded once.

    `notes` says in sentences what of the prompts could not be used.
    """

    notes: list[str]

    def __call__(self, text: str, *, negative: bool = False) -> PromptEmbedding:
        """A prompt without names of networks, schedules and ANDs to an embedding of one row.

        `negative` tells that it is what the picture is to be led away from, which some families read otherwise.

        Raises:
            InvalidRequest: the model cannot do what the request asks of its text encoders.
        """
        ...

    def filled(self, embedding: PromptEmbedding, tokens: int) -> PromptEmbedding:
        """An embedding of one row with filling behind its text, so that it has so many tokens; longer ones stay.

        The filling is what the encoder says of no words at all, if it reads texts in chunks, else zeros.
        """
        ...

    def words(self, text: str) -> list[PromptWord]:
        """The words of a prompt that can be pointed at, and the places of their tokens in its embedding."""
        ...

    def without(self, text: str, word: PromptWord) -> PromptEmbedding:
        """The embedding of a prompt of which one word is left out, of the same shape."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptOptions:
    """How the prompts of a walk are read.

    Args:
        request: what is asked, for what only some families listen to.
        embeddings: finds textual inversions.
        width: of the pass, in pixels.
        height: of the pass, in pixels.
    """

    request: GenerationRequest
    embeddings: EmbeddingLookup
    width: int
    height: int

    @property
    def emphasis(self) -> Emphasis:
        """What `(word:1.3)` does."""
        return self.request.emphasis

    @property
    def clip_skip(self) -> int:
        """How many layers from the end a text encoder's result is taken; 1 is its end."""
        return self.request.clip_skip


class Family(Protocol):
    """A loaded model, ready to walk.

    `parts` are its networks by diffusers' names: "unet" or "transformer", "vae", "text_encoder", "text_encoder_2"...
    """

    info: FamilyInfo
    scheduler_config: Mapping[str, Any]
    parts: Mapping[str, torch.nn.Module]

    @property
    def device(self) -> torch.device:
        """Where it computes; the weights may be elsewhere meanwhile."""
        ...

    @property
    def dtype(self) -> torch.dtype:
        """What it computes in."""
        ...

    def flow_shift(self, width: int, height: int, steps: int) -> float | None:
        """How far a flow-matching model's noise levels are shifted for pictures of a size in pixels, in so many steps.

        sigma becomes shift * sigma / (1 + (shift - 1) * sigma): Esser et al. 2024, equation 23. None leaves it to the
        scheduler's configuration.
        """
        ...

    def read_prompts(self, options: PromptOptions) -> PromptReader:
        """What reads the prompts of one walk."""
        ...

    def predict(self, latents: Latents, timestep: torch.Tensor, prompts: PromptEmbedding) -> Latents:
        """What the network says of noisy latents: epsilon, v, x0 or a flow, as the scheduler's configuration names it.

        Args:
            latents: (rows, input channels, height, width), scaled for the timestep.
            timestep: a number, as the scheduler counts it.
            prompts: as many rows as there are latents.
        """
        ...

    def perturbed_attention(self, first: int) -> AbstractContextManager[None]:
        """While it is entered, the rows of a prediction from `first` on are perturbed, for `webui.diffusion.pag`.

        Raises:
            InvalidRequest: the family cannot do it.
        """
        ...

    def recorded_attention(self, maps: AttentionMaps) -> AbstractContextManager[None]:
        """While it is entered, predictions say in `maps` where they look for each token of the prompt.

        Raises:
            ViewUnavailable: the family cannot do it.
        """
        ...

    def encode_pictures(self, pictures: torch.Tensor, generators: Sequence[torch.Generator] | None = None) -> Latents:
        """Pictures (batch, 3, height, width) from -1 to 1 to latents.

        With generators, one for each picture or several for a single one, the encoder's distribution is sampled;
        without, its mean is taken.
        """
        ...

    def decode(self, latents: Latents) -> np.ndarray:
        """Latents to pictures, uint8 (batch, height, width, 3)."""
        ...

    def tiled(self) -> AbstractContextManager[None]:
        """While it is entered, pictures and latents go on at the opposite edge: seamless textures.

        Raises:
            InvalidRequest: the family cannot do it.
        """
        ...
