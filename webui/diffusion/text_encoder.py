"""What reads a chunk of a prompt: a tokeniser and its encoder, behind one small protocol."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch

EmbeddingLookup = Callable[[str], torch.Tensor | None]
"""The vectors (n, width) of the textual inversion of that name, or None."""


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
