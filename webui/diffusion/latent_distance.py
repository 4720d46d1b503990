"""How far two pictures lie apart in latent space. Torch, pure."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentDistance:
    """Two tensors compared.

    `euclidean` is the length of their difference, `rms` the root of its mean square, which does not grow with the
    picture's size, and `cosine` that of the angle between them: 1 in the same direction, 0 at a right angle.
    """

    euclidean: float
    rms: float
    cosine: float

    @classmethod
    def between(cls, one: torch.Tensor, other: torch.Tensor) -> "LatentDistance":
        """That of two tensors of one shape."""
        a, b = one.double().flatten(), other.double().flatten()
        euclidean = float((a - b).norm())
        lengths = float(a.norm() * b.norm())
        cosine = float(a @ b) / lengths if lengths else 1.0 if euclidean == 0 else 0.0
        return cls(euclidean=euclidean, rms=euclidean / len(a) ** 0.5, cosine=max(-1.0, min(1.0, cosine)))


def channel_distances(one: torch.Tensor, other: torch.Tensor) -> list[LatentDistance]:
    """Latents (channels, height, width) of two pictures compared channel by channel."""
    return [LatentDistance.between(a, b) for a, b in zip(one, other, strict=True)]
