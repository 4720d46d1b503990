"""How texts lie to each other in what an encoder makes of them: the measures of the latent explorer. Torch; pure.

Two measures, as they answer two questions. Blends are sums of whole embeddings, token by token, so that lengths and
distances are those of whole embeddings. But these differ much between "a red house" and "house, red", as the words
stand elsewhere; so what texts mean is compared by the mean over their tokens, less that of the empty text, which all
texts have in common (its first token alone is longer than all of a text's words together).
"""

from collections.abc import Sequence

import torch

from webui.diffusion.families.base import PromptEmbedding, PromptReader


class IdeaGeometry:
    """Measures embeddings of one model.

    Args:
        read: reads its prompts.

    Raises:
        InvalidRequest: the model cannot do what the request asks of its text encoders.
    """

    def __init__(self, read: PromptReader) -> None:
        self._read = read
        self._origin = _mean(read(""))

    def meanings(self, embeddings: Sequence[PromptEmbedding]) -> torch.Tensor:
        """What embeddings of one row mean, wherever their words stand: (n, width), float32; 0 is the empty text."""
        return torch.stack([_mean(each) - self._origin for each in embeddings])

    def whole(self, embeddings: Sequence[PromptEmbedding]) -> torch.Tensor:
        """Embeddings of one row as vectors of one length, (n, tokens, width), float32: filled up to the longest."""
        longest = max(each.tokens.shape[1] for each in embeddings)
        return torch.cat([self._read.filled(each, longest).tokens.float().cpu() for each in embeddings])


def distances(vectors: torch.Tensor) -> torch.Tensor:
    """Euclidean distances between vectors (n, ...), (n, n) in float64."""
    flat = vectors.double().flatten(1)
    # Not by way of products, in which near vectors lose their distance to rounding.
    return torch.stack([(flat - each).norm(dim=1) for each in flat])


def similarities(vectors: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """Cosines of the angles between vectors (n, width) and others (m, width), (n, m) in float64; 0 for those of no
    length."""
    return _units(vectors) @ _units(others).T


def _units(vectors: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.normalize(vectors.double(), dim=1)


def _mean(embedding: PromptEmbedding) -> torch.Tensor:
    return embedding.tokens[0].float().cpu().mean(0)
