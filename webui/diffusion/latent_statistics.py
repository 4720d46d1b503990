"""What latents look like as numbers: of each channel its mean, its spread, how heavy its tails are and how rough it is.

Latents that a model has learnt to make lie in a narrow range of these; where a walk leaves what the model knows, they
leave it too, long before they stop to be numbers. Torch; pure.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

_TINY = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStatistics:
    """One channel of a picture's latents.

    `kurtosis` is the excess over a normal distribution's: 0 there, above it with heavy tails. `high_frequencies` is the
    share of the energy without the mean, 0 to 1, at more than half of the highest frequency along either side.
    """

    mean: float
    deviation: float
    kurtosis: float
    high_frequencies: float


_NORMAL_KURTOSIS = 3.0
KINDS: dict[str, Callable[[ChannelStatistics], float]] = {
    "mean": lambda each: each.mean,
    "deviation": lambda each: each.deviation,
    # Of smooth pictures the kurtosis is many times that of others; its logarithm is spread evenly.
    "tails": lambda each: math.log(each.kurtosis + _NORMAL_KURTOSIS),
    "high frequencies": lambda each: each.high_frequencies,
}
"""What pictures are compared by, channel by channel."""


def channel_statistics(latents: torch.Tensor) -> tuple[ChannelStatistics, ...]:
    """The statistics of each channel of a picture's latents (channels, h, w) of any dtype; those of an even one are 0.

    Further dimensions before the last two, as films have, are taken together with the height.
    """
    planes = latents.detach().float().cpu().reshape(len(latents), -1, latents.shape[-1])
    means = planes.mean((1, 2))
    centred = planes - means[:, None, None]
    variances = centred.square().mean((1, 2))
    kurtoses = centred.pow(4).mean((1, 2)) / variances.square().clamp_min(_TINY) - _NORMAL_KURTOSIS
    kurtoses = torch.where(variances > _TINY, kurtoses, torch.zeros_like(kurtoses))
    return tuple(
        ChannelStatistics(mean=mean, deviation=variance**0.5, kurtosis=kurtosis, high_frequencies=high)
        for mean, variance, kurtosis, high in zip(
            means.tolist(), variances.tolist(), kurtoses.tolist(), _high_frequencies(centred).tolist(), strict=True
        )
    )


def named(statistics: Sequence[ChannelStatistics]) -> dict[str, float]:
    """What pictures are compared by, by name: "channel 1 mean", "channel 1 deviation", ..."""
    return {
        f"channel {number} {kind}": told(each)
        for number, each in enumerate(statistics, start=1)
        for kind, told in KINDS.items()
    }


def _high_frequencies(centred: torch.Tensor) -> torch.Tensor:
    """The share of each channel's energy above half of the highest frequency, (channels,)."""
    height, width = centred.shape[1:]
    energy = torch.fft.rfft2(centred).abs().square()
    # Of a real picture's spectrum half is kept: what is left out has the energy of its mirror image.
    mirrored = torch.full((width // 2 + 1,), 2.0)
    mirrored[0] = 1.0
    if width % 2 == 0:
        mirrored[-1] = 1.0
    energy = energy * mirrored
    high = (torch.fft.fftfreq(height).abs()[:, None] > 0.25) | (torch.fft.rfftfreq(width).abs()[None] > 0.25)
    return (energy * high).sum((1, 2)) / energy.sum((1, 2)).clamp_min(_TINY)
