"""What reads a chunk of a prompt: a tokeniser and its encoder, behind one small protocol."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import torch

EmbeddingLookup = Callable[[str], "torch.Tensor | Mapping[str, torch.Tensor] | None"]
"""The vectors (n, width) of the textual inversion of that name, or None.

One for several encoders has n vectors for each, by the encoder's name: "clip_l", "clip_g".
"""


@dataclass(frozen=True, slots=True)
class TokenChunk:
    """What a text encoder reads at once.

    `ids` has `chunk_length` tokens; `vectors` are (position, (n, width)): what stands there instead of n tokens' own.
    """

    ids: tuple[int, ...]
    vectors: tuple[tuple[int, torch.Tensor], ...] = ()


@dataclass(frozen=True, slots=True)
class EncodedChunk:
    """What an encoder says of a chunk: `tokens` (1, chunk_length, width), and of all of it `pooled` (1, width).

    `pooled` is None for encoders that have none.
    """

    tokens: torch.Tensor
    pooled: torch.Tensor | None = None


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

    def encode(self, chunk: TokenChunk, *, clip_skip: int) -> EncodedChunk:
        """A chunk to embeddings, `clip_skip` layers from where the model usually takes them (1: none skipped)."""
        ...


def for_encoder(lookup: EmbeddingLookup, encoder: str) -> EmbeddingLookup:
    """Finds of textual inversions that were made for several encoders the vectors for one of them.

    Those that were made for one encoder alone are not for a model with several: all of its encoders must read the same
    number of tokens.

    Args:
        lookup: finds them.
        encoder: "clip_l" or "clip_g".
    """

    def find(name: str) -> torch.Tensor | None:
        found = lookup(name)
        if isinstance(found, Mapping):
            return found.get(encoder)
        return None if found is None else found.new_zeros(len(found), 0)

    return find
