"""Pixels to PNG bytes with the parameters inside. The same pixels and texts always give the same bytes."""

from io import BytesIO

import numpy as np
from PIL import Image

from webui.imaging.metadata import INFOTEXT_KEY, REQUEST_KEY
from webui.imaging.png_text import png_info


def encode_png(pixels: np.ndarray, infotext: str, request_json: str) -> bytes:
    """A PNG file with the parameters inside.

    Args:
        pixels: uint8, height x width x 3.
        infotext: the A1111 form of the parameters.
        request_json: the request as JSON.

    Returns:
        The file's bytes; equal input gives equal bytes.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"a picture is uint8 of height x width x 3, not {pixels.dtype} of {pixels.shape}")
    texts = png_info({INFOTEXT_KEY: infotext, REQUEST_KEY: request_json})
    file = BytesIO()
    Image.fromarray(pixels).save(file, format="PNG", compress_level=3, pnginfo=texts)
    return file.getvalue()
