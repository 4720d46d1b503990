"""How the values of latents are spread, channel by channel. Torch, pure."""

import torch

BINS = 48
_MARGIN = 0.1
"""How far beyond their values histograms reach, as a share of the range: so far may edits go before they pile up."""
_LEAST_RANGE = 1e-3


def value_range(latents: torch.Tensor) -> tuple[float, float]:
    """From where to where the histograms of latents (channels, height, width) go: one range for all channels."""
    least, greatest = float(latents.min()), float(latents.max())
    margin = max(greatest - least, _LEAST_RANGE) * _MARGIN
    return least - margin, greatest + margin


def histograms(latents: torch.Tensor, low: float, high: float) -> list[list[int]]:
    """How many values of each channel lie in each of `BINS` equal parts from `low` to `high`.

    What lies outside counts for the part at that end, so that the sum is always the number of latents.
    """
    return [torch.histc(channel.float().clamp(low, high), BINS, low, high).int().tolist() for channel in latents]
