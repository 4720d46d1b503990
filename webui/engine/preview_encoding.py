"""Preview pixels to JPEG, outside the step loop. Runs in the worker."""

from io import BytesIO

import numpy as np
from PIL import Image

QUALITY = 80
MIN_LONG_SIDE = 128


def encode_previews(pixels: np.ndarray) -> tuple[bytes, ...]:
    """One JPEG for each picture of a batch; small ones are enlarged first, so that the page shows them soft.

    Args:
        pixels: uint8, batch x height x width x 3.
    """
    return tuple(_encode(picture) for picture in pixels)


def _encode(pixels: np.ndarray) -> bytes:
    picture = Image.fromarray(pixels)
    factor = -(-MIN_LONG_SIDE // max(picture.size))
    if factor > 1:
        picture = picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.BICUBIC)
    file = BytesIO()
    picture.save(file, format="JPEG", quality=QUALITY)
    return file.getvalue()
