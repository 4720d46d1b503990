"""What the surface of paper is made of: smooth fields without grain, made once a size, and the filters of media.

All fields are low in frequency on purpose: what an autoencoder cannot keep in 16 numbers a cell becomes mud.
"""

from functools import lru_cache

import numpy as np
from scipy.ndimage import gaussian_filter, zoom


@lru_cache(maxsize=64)
def smooth_field(size: tuple[int, int], length: float, seed: int) -> np.ndarray:
    """A smooth random field in -1..1, shape (height, width); hills are about `length` pixels across."""
    width, height = size
    step = max(1, int(length / 8))
    shape = (-(-height // step) + 1, -(-width // step) + 1)
    field = gaussian_filter(np.random.default_rng(seed).normal(size=shape), length / step / 3, mode="reflect")
    zooms = (height / shape[0], width / shape[1])
    field = np.asarray(zoom(field, zooms, order=1, grid_mode=True, mode="nearest"))
    return (field / np.abs(field).max()).astype(np.float32)


@lru_cache(maxsize=16)
def torn_border(size: tuple[int, int], margin: float, swing: float) -> np.ndarray:
    """The share of paint, 0 at the edge to 1 inside: the border is `margin` +- `swing` pixels wide, its edge soft."""
    width, height = size
    x = np.arange(width) + 0.5
    y = (np.arange(height) + 0.5)[:, None]
    nearest = np.minimum(np.minimum(x, width - x), np.minimum(y, height - y))
    edge = nearest - margin - swing * smooth_field(size, 40, 11) - 0.25 * swing * smooth_field(size, 14, 12)
    return np.clip(edge / 2.5 + 0.5, 0, 1).astype(np.float32)


def wobbled(pixels: np.ndarray, strength: float, length: float) -> np.ndarray:
    """The picture with every line up to `strength` pixels off its place, in the same way always.

    Args:
        pixels: Bytes (height, width, 4), contiguous.
        strength: How far off, pixels.
        length: Across how many pixels a line sways once.

    Returns:
        Floats 0..255 of shape (height, width, 3).
    """
    height, width = pixels.shape[:2]
    whole = pixels.view(np.uint32).ravel()
    out = np.zeros((height * width, 4), np.float32)
    # Four bytes are fetched as one number, and shares have all four channels: much faster than broadcasting.
    for places, share in _steps((width, height), strength, length):
        out += whole.take(places).view(np.uint8).reshape(-1, 4) * share
    return np.ascontiguousarray(out.reshape(height, width, 4)[..., :3])


@lru_cache(maxsize=16)
def _steps(size: tuple[int, int], strength: float, length: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each pixel the four from which a linear interpolation takes its colour, and their shares."""
    width, height = size
    x = np.arange(width) + strength * smooth_field(size, length, 21)
    y = np.arange(height)[:, None] + strength * smooth_field(size, length, 22)
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    left, top = x.astype(np.int64), y.astype(np.int64)
    right_share, low_share = (x - left).ravel(), (y - top).ravel()
    first = (top * width + left).ravel()
    corners = [
        (first, (1 - right_share) * (1 - low_share)),
        (first + 1, right_share * (1 - low_share)),
        (first + width, (1 - right_share) * low_share),
        (first + width + 1, right_share * low_share),
    ]
    return [(place, np.repeat(share[:, None], 4, axis=1).astype(np.float32)) for place, share in corners]


def softened(values: np.ndarray, times: int = 1) -> np.ndarray:
    """Float values (h, w) or (h, w, channels) under the smallest binomial filter (1 2 1), `times` times over."""
    for _ in range(times):
        for axis in (0, 1):
            before, after = neighbours(axis)
            pairs = (values[before] + values[after]) * np.float32(0.5)
            values = values.copy()
            inner = (slice(1, -1), slice(None)) if axis == 0 else (slice(None), slice(1, -1))
            np.add(pairs[before], pairs[after], out=values[inner])
            values[inner] *= np.float32(0.5)
    return values


def neighbours(axis: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Slices of all but the last, and of all but the first, row (axis 0) or column (axis 1)."""
    whole, before, after = slice(None), slice(None, -1), slice(1, None)
    return ((before, whole), (after, whole)) if axis == 0 else ((whole, before), (whole, after))


def halved(values: np.ndarray) -> np.ndarray:
    """Means of 2x2 pixels; sides must be even."""
    return (values[0::2, 0::2] + values[1::2, 0::2] + values[0::2, 1::2] + values[1::2, 1::2]) * np.float32(0.25)


def doubled(values: np.ndarray) -> np.ndarray:
    """Twice as large, by linear interpolation."""
    for axis in (0, 1):
        before, after = neighbours(axis)
        shape = list(values.shape)
        shape[axis] *= 2
        out = np.empty(shape, values.dtype)
        even, odd = (slice(0, None, 2), slice(1, None, 2))
        first, second = (out[even], out[odd]) if axis == 0 else (out[:, even], out[:, odd])
        step = (values[after] - values[before]) * np.float32(0.25)
        first[...] = values
        second[...] = values
        first[after] -= step
        second[before] += step
        values = out
    return values
