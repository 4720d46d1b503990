"""A text encoder that can be worked out by hand: a token's vector is its number and its place, nothing more."""

import torch

from webui.diffusion.text_encoder import EncodedChunk, TokenChunk

BEGIN, END, PADDING, COMMA = 1, 2, 0, 9


class ToyEncoder:
    """Words are numbers: "30 40" has the tokens 30 and 40. Width 1: the number itself; width 2: and its position."""

    begin, end, padding = BEGIN, END, PADDING

    def __init__(self, *, chunk_length: int = 77, width: int = 1) -> None:
        self.chunk_length = chunk_length
        self.width = width
        self.chunks: list[TokenChunk] = []
        self.skips: list[int] = []

    def tokenize(self, text: str) -> list[int]:
        return [COMMA if word == "," else int(word) for word in text.replace(",", " , ").split()]

    def encode(self, chunk: TokenChunk, *, clip_skip: int) -> EncodedChunk:
        assert len(chunk.ids) == self.chunk_length
        self.chunks.append(chunk)
        self.skips.append(clip_skip)
        tokens = torch.tensor(chunk.ids, dtype=torch.float32)
        encoded = torch.stack([tokens, torch.arange(len(tokens)).float()], dim=1)[:, : self.width]
        for position, vectors in chunk.vectors:
            encoded[position : position + len(vectors)] = vectors
        return EncodedChunk(encoded[None], encoded[:1])
