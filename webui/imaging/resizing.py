"""Pictures of one size to another one, in the ways that A1111's users know."""

import numpy as np
from PIL import Image

from webui.generation.ways import ResizeMode

Size = tuple[int, int]
"""Width and height in pixels."""


def resized(image: Image.Image, size: Size, mode: ResizeMode) -> Image.Image:
    """The picture at another size, by Lanczos; one that has that size already stays as it is, pixel for pixel.

    `STRETCH` ignores the proportions; `CROP` covers the size and cuts off what hangs over, equally on both sides;
    `FILL` fits inside and continues the outermost row or column over the bars. `LATENT` stretches, as its own
    enlarging happens after encoding.
    """
    if image.size == size:
        return image.copy()
    if mode is ResizeMode.CROP:
        return _cropped(image, size)
    if mode is ResizeMode.FILL:
        return _filled_up(image, size)
    return image.resize(size, Image.Resampling.LANCZOS)


def _cropped(image: Image.Image, size: Size) -> Image.Image:
    covering = _scaled(image.size, size, inside=False)
    left, top = (covering[0] - size[0]) // 2, (covering[1] - size[1]) // 2
    enlarged = image.resize(covering, Image.Resampling.LANCZOS)
    return enlarged.crop((left, top, left + size[0], top + size[1]))


def _filled_up(image: Image.Image, size: Size) -> Image.Image:
    fitting = _scaled(image.size, size, inside=True)
    left, top = (size[0] - fitting[0]) // 2, (size[1] - fitting[1]) // 2
    pixels = np.asarray(image.resize(fitting, Image.Resampling.LANCZOS))
    bars = ((top, size[1] - fitting[1] - top), (left, size[0] - fitting[0] - left), *((0, 0),) * (pixels.ndim - 2))
    return Image.fromarray(np.pad(pixels, bars, mode="edge"))


def _scaled(size: Size, frame: Size, *, inside: bool) -> Size:
    """The largest size of the same proportions inside a frame, or the smallest that covers it."""
    (width, height), (frame_width, frame_height) = size, frame
    wider = width * frame_height > frame_width * height
    if wider == inside:
        return frame_width, max(1, height * frame_width // width)
    return max(1, width * frame_height // height), frame_height
