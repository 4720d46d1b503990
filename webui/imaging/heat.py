"""Heat maps: numbers as brightness, from the page's dark over its amber to pale. Numpy."""

from collections.abc import Sequence

import numpy as np

_STOPS = ((0.0, (14, 11, 8)), (0.35, (92, 58, 20)), (0.7, (242, 160, 44)), (1.0, (255, 244, 222)))
"""Shares of the scale and their colours; the third is `--dk-amber` of the page."""

_MOST_SAMPLES = 1_000_000
_LEAST = 1e-3


def _table() -> np.ndarray:
    at = np.linspace(0.0, 1.0, 256)
    shares = [share for share, _ in _STOPS]
    return (
        np.stack([np.interp(at, shares, [colour[i] for _, colour in _STOPS]) for i in range(3)], 1)
        .round()
        .astype(np.uint8)
    )


_COLOURS = _table()
DARK: tuple[int, int, int] = _STOPS[0][1]
"""The colour of nothing."""


def heat(values: np.ndarray) -> np.ndarray:
    """Values from 0 to 1 of any shape to colours, uint8 (..., 3); what lies outside is taken for the nearest end."""
    return _COLOURS[(np.nan_to_num(values).clip(0.0, 1.0) * 255).round().astype(np.uint8)]


def brightest(maps: Sequence[np.ndarray], share: float = 99.5) -> float:
    """The value that is to be white in all maps together: few lie above it. What is no more than rounding is dark."""
    return max(float(np.percentile(_sampled(maps), share)), _LEAST) if maps else 1.0


def spread(maps: Sequence[np.ndarray]) -> tuple[float, float]:
    """The least and the greatest value of all maps together, but for one in a hundred at each end; never equal."""
    low, high = np.percentile(_sampled(maps), (1.0, 99.0))
    return float(low), float(max(high, low + 1e-6))


def _sampled(maps: Sequence[np.ndarray]) -> np.ndarray:
    values = np.concatenate([each.ravel() for each in maps])
    return values[:: max(1, len(values) // _MOST_SAMPLES)]
