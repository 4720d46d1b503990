"""Filling behind a prompt, so that prompts of unlike lengths can be blended token by token."""

import torch

from webui.diffusion.families.base import PromptEmbedding


def filled_with(embedding: PromptEmbedding, filling: torch.Tensor, tokens: int, *, last: int = 0) -> PromptEmbedding:
    """An embedding of one row with so many tokens: `filling` (1, n, width) again and again, before the `last` tokens.

    One that is long enough is left as it is.
    """
    said = embedding.tokens
    missing = tokens - said.shape[1]
    if missing <= 0:
        return embedding
    repeated = filling.repeat(1, -(-missing // filling.shape[1]), 1)[:, :missing].to(said)
    before = said.shape[1] - last
    return PromptEmbedding(torch.cat([said[:, :before], repeated, said[:, before:]], dim=1), embedding.more)


def filled_with_zeros(embedding: PromptEmbedding, tokens: int) -> PromptEmbedding:
    """The same with tokens that say nothing, for encoders that know no chunks."""
    return filled_with(embedding, torch.zeros_like(embedding.tokens[:, :1]), tokens)
