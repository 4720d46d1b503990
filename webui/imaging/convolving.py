"""Gaussian windows over pictures, one axis after the other, with the border mirrored."""

import numpy as np

_LINES_AT_ONCE = 256


def gaussian_kernel(sigma: float, size: int) -> np.ndarray:
    """A sampled Gaussian of standard deviation `sigma` pixels: float64, `size` (odd) values with the sum 1."""
    places = np.arange(size, dtype=np.float64) - size // 2
    kernel = np.exp(-(places**2) / (2.0 * sigma**2))
    return kernel / kernel.sum()


def convolved(values: np.ndarray, kernel: np.ndarray, axis: int) -> np.ndarray:
    """The values convolved with a kernel along one axis, as many as before.

    Args:
        values: height x width, any number type.
        kernel: an odd number of values, symmetric.
        axis: 0 down the columns, 1 along the rows.

    Returns:
        float64, height x width. Beyond the border the picture is mirrored about its outermost pixels.
    """
    lines = np.moveaxis(values, axis, -1)
    length, reach = lines.shape[-1], len(kernel) // 2
    # By the fast Fourier transform, since mask blurs have kernels of up to 321 values. Twice the reach is cut off,
    # so that what wraps around is never seen.
    padded = -(-(length + 2 * reach) // 64) * 64
    transformed = np.fft.rfft(kernel, padded)
    result = np.empty(lines.shape, np.float64)
    for first in range(0, len(lines), _LINES_AT_ONCE):
        part = slice(first, first + _LINES_AT_ONCE)
        mirrored = np.pad(lines[part].astype(np.float64), ((0, 0), (reach, reach)), mode="reflect")
        whole = np.fft.irfft(np.fft.rfft(mirrored, padded) * transformed, padded)
        result[part] = whole[:, 2 * reach : 2 * reach + length]
    return np.moveaxis(result, -1, axis)
