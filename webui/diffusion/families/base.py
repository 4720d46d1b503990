"""What differs between model architectures, behind one small protocol. Adding an architecture means adding a file."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch

from webui.diffusion.attention_maps import AttentionMaps

Latents = torch.Tensor
"""(batch, channels, height / 8, width / 8), in the family's dtype and on its device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyInfo:
    """What the rest of the product may know of a loaded model's family.

    `default_size` is the side in pixels that the model was trained for; sides must be multiples of `size_multiple`;
    `latent_scale` is how many pixels a latent covers along a side. `inpainting` models also see the mask and the
    latents of the masked picture, as further channels of their input.
    """

    name: str
    default_size: int
    size_multiple: int
    latent_channels: int
    latent_scale: int
    inpainting: bool = False

    @property
    def input_channels(self) -> int:
        """How many channels the model's input has: latents, and for inpainting models mask and masked latents."""
        return self.latent_channels * 2 + 1 if self.inpainting else self.latent_channels


@dataclass(frozen=True, slots=True)
class TokenChunk:
    """What a text encoder reads at once.

    `ids` has `chunk_length` tokens; `vectors` are (position, (n, width)): what stands there instead of n tokens' own.
    """

    ids: tuple[int, ...]
    vectors: tuple[tuple[int, torch.Tensor], ...] = ()


class TextEncoder(Protocol):
    """A tokeniser and its encoder.

    A chunk has `chunk_length` tokens: `begin`, words, `end`, and `padding` up to the length. `width` is that of the
    vectors that its tokens stand for.
    """

    chunk_length: int
    width: int
    begin: int
    end: int
    padding: int

    def tokenize(self, text: str) -> list[int]:
        """The tokens of a text of any length, without those that begin, end and fill a chunk."""
        ...

    def encode(self, chunk: TokenChunk, *, clip_skip: int) -> torch.Tensor:
        """A chunk to embeddings (1, chunk_length, width), `clip_skip` layers from the end (1: the end itself)."""
        ...


class Family(Protocol):
    """A loaded model, ready to walk."""

    info: FamilyInfo
    scheduler_config: Mapping[str, Any]

    @property
    def text(self) -> TextEncoder:
        """What reads prompts."""
        ...

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        ...

    @property
    def dtype(self) -> torch.dtype:
        """What the weights are computed in."""
        ...

    def predict(self, latents: Latents, timestep: torch.Tensor, embeddings: torch.Tensor) -> Latents:
        """What the network says of noisy latents: epsilon, v or x0, as the scheduler's configuration names it."""
        ...

    def perturbed_attention(self, first: int) -> AbstractContextManager[None]:
        """While it is entered, the rows of a prediction from `first` on are perturbed, for `webui.diffusion.pag`."""
        ...

    def recorded_attention(self, maps: AttentionMaps) -> AbstractContextManager[None]:
        """While it is entered, predictions say in `maps` where they look for each token of the prompt."""
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
        """While it is entered, pictures and latents go on at the opposite edge: seamless textures."""
        ...
