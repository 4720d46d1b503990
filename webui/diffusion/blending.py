"""Embeddings of several ideas as one: sums, weighted averages on a sphere, and steps along a concept.

An embedding counts as a bundle of vectors: one for each token, and that of the pooled text. What a network is told
beside them, such as sizes, is no part of an idea and stays as it is. All is computed in float32.
"""

from collections.abc import Callable, Sequence

import torch

from webui.diffusion.families.base import POOLED, PromptEmbedding
from webui.generation.blend import BlendWay

_ROUNDS = 50
_CLOSE = 1e-6
"""Radians. A round of the spherical average that moves no vector farther is the last."""
_SHORT = 1e-6
"""Vectors shorter than this have no direction: those of filling that says nothing."""


def blended(embeddings: Sequence[PromptEmbedding], weights: Sequence[float], way: BlendWay) -> PromptEmbedding:
    """Embeddings of one row and one length as one; a single one of weight 1 (of any, spherically) is that very one."""
    if len(embeddings) == 1 and (weights[0] == 1 or way is BlendWay.SPHERICAL):
        return embeddings[0]
    join = _sum if way is BlendWay.LINEAR else spherical_average
    return _joined(embeddings, lambda vectors: join(vectors, weights))


def moved(
    embedding: PromptEmbedding, concepts: Sequence[tuple[PromptEmbedding, PromptEmbedding, float]]
) -> PromptEmbedding:
    """An embedding moved along concepts: each goes from its first to its second embedding, so many times the way.

    All of them have one row and one length.
    """
    ways = [(low, high, amount) for low, high, amount in concepts if amount != 0]
    if not ways:
        return embedding
    ends = [end for low, high, _ in ways for end in (low, high)]
    signed = [signed for _, _, amount in ways for signed in (-amount, amount)]
    return _joined([embedding, *ends], lambda vectors: _sum(vectors, [1.0, *signed]))


def spherical_average(vectors: Sequence[torch.Tensor], weights: Sequence[float]) -> torch.Tensor:
    """The weighted average of vectors (..., width) by direction, on a sphere; their lengths are averaged linearly.

    Weights count as shares of their sum. Of two it is slerp (Shoemake 1985), of more the point from which the weighted
    tangents to all of them cancel out (Buss & Fillmore 2001, algorithm A1). Vectors without a direction, of which there
    is one anywhere, are averaged linearly.
    """
    shares = [weight / sum(weights) for weight in weights]
    lengths = [torch.linalg.vector_norm(vector, dim=-1, keepdim=True) for vector in vectors]
    flat = _sum(vectors, shares)
    units = [vector / length.clamp(min=_SHORT) for vector, length in zip(vectors, lengths, strict=True)]
    if len(units) == 2:
        direction = _ahead(units[0], shares[1] * _tangent(units[0], units[1]))
    else:
        direction = _centre(units, shares)
    round_one = direction * _sum(lengths, shares).clamp(min=0.0)
    directed = torch.stack([length > _SHORT for length in lengths]).all(0)
    return torch.where(directed & torch.isfinite(round_one), round_one, flat)


def _centre(units: Sequence[torch.Tensor], shares: Sequence[float]) -> torch.Tensor:
    centre = torch.nn.functional.normalize(_sum(units, shares), dim=-1)
    for _ in range(_ROUNDS):
        step = _sum([_tangent(centre, unit) for unit in units], shares)
        centre = _ahead(centre, step)
        if float(torch.linalg.vector_norm(step, dim=-1).max()) < _CLOSE:
            break
    return centre


def _tangent(here: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
    """The way from one unit vector to another along their arc: as long as the angle between them, in radians."""
    cosine = (here * there).sum(-1, keepdim=True)
    across = there - cosine * here
    sine = torch.linalg.vector_norm(across, dim=-1, keepdim=True)
    # Towards the same vector the way has no length and no direction.
    return across * torch.where(sine > 0, torch.atan2(sine, cosine) / sine.clamp(min=1e-30), torch.ones_like(sine))


def _ahead(here: torch.Tensor, way: torch.Tensor) -> torch.Tensor:
    """The unit vector that lies a way along an arc ahead."""
    angle = torch.linalg.vector_norm(way, dim=-1, keepdim=True)
    reached = torch.cos(angle) * here + torch.sinc(angle / torch.pi) * way
    return torch.nn.functional.normalize(reached, dim=-1)


def _sum(vectors: Sequence[torch.Tensor], weights: Sequence[float]) -> torch.Tensor:
    total = vectors[0] * weights[0]
    for vector, weight in zip(vectors[1:], weights[1:], strict=True):
        total = total + vector * weight
    return total


def _joined(
    embeddings: Sequence[PromptEmbedding], join: Callable[[Sequence[torch.Tensor]], torch.Tensor]
) -> PromptEmbedding:
    def one(tensors: Sequence[torch.Tensor]) -> torch.Tensor:
        return join([tensor.float() for tensor in tensors]).to(tensors[0].dtype)

    more = dict(embeddings[0].more)
    if POOLED in more:
        more[POOLED] = one([each.more[POOLED] for each in embeddings])
    return PromptEmbedding(one([each.tokens for each in embeddings]), more)
