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
