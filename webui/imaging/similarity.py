"""How alike two pictures are: SSIM (Wang, Bovik, Sheikh & Simoncelli 2004, 'Image quality assessment')."""

import numpy as np
from PIL import Image

from webui.imaging.convolving import convolved, gaussian_kernel
from webui.imaging.reading import flattened

WINDOW = 11
SIGMA = 1.5
"""The paper's window: 11 x 11 pixels of a Gaussian of 1.5 pixels."""
_C1 = (0.01 * 255) ** 2
_C2 = (0.03 * 255) ** 2


def ssim(one: Image.Image, other: Image.Image) -> float:
    """The structural similarity of two pictures: 1 for equal ones, 0 for those that have nothing in common.

    The mean over all windows that lie inside the picture (paper, equations 13 to 17), on the luminance; pictures
    smaller than a window are mirrored beyond their borders. A negative mean, of one picture and its negative, is
    given as 0.

    Args:
        one: any mode.
        other: any mode, of the same size.

    Raises:
        ValueError: the sizes differ.
    """
    if one.size != other.size:
        raise ValueError(f"pictures of {one.size} and {other.size} cannot be compared")
    return float(np.clip(ssim_map(_luminance(one), _luminance(other)).mean(), 0.0, 1.0))


def ssim_map(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """SSIM of each window: float64, (height - 10) x (width - 10), or less cut off where that would leave nothing.

    Args:
        x: luminance 0 to 255, height x width.
        y: the same of the other picture.
    """
    mean_x, mean_y = _windowed(x), _windowed(y)
    variance_x = _windowed(x * x) - mean_x**2
    variance_y = _windowed(y * y) - mean_y**2
    covariance = _windowed(x * y) - mean_x * mean_y
    alike = (2 * mean_x * mean_y + _C1) * (2 * covariance + _C2)
    return alike / ((mean_x**2 + mean_y**2 + _C1) * (variance_x + variance_y + _C2))


def _luminance(image: Image.Image) -> np.ndarray:
    """Rec. 601 luminance, 0 to 255, unrounded: float64, height x width."""
    return np.asarray(flattened(image), np.float64) @ (0.299, 0.587, 0.114)


def _windowed(values: np.ndarray) -> np.ndarray:
    kernel = gaussian_kernel(SIGMA, WINDOW)
    means = convolved(convolved(values, kernel, 1), kernel, 0)
    border = [WINDOW // 2 if side >= WINDOW else 0 for side in values.shape]
    return means[border[0] : values.shape[0] - border[0], border[1] : values.shape[1] - border[1]]
