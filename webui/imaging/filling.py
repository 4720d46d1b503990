"""What a picture's surroundings suggest for its masked part: the masked content 'fill'."""

import numpy as np
from PIL import Image, ImageFilter, ImageOps

_LAYERS = ((256, 1), (64, 1), (16, 2), (4, 4), (2, 2), (0, 1))
"""Radius of each blur in pixels and how often it is laid over the wider ones below it; A1111's, from its pictures."""


def filled(image: Image.Image, mask: Image.Image) -> Image.Image:
    """The picture with its masked part filled from around it, in colours that get finer towards the edge.

    What is not masked is blurred ever less, and the blurs are laid over one another: each of them is opaque only as
    far as its radius reaches, so that every masked pixel gets the finest one that has something for it. Where the
    mask is 0 the picture is unchanged. When everything is masked, the picture's mean colour fills it.

    Args:
        image: any mode; RGB is used.
        mask: mode L, of the same size.

    Returns:
        Mode RGB.
    """
    colours = image.convert("RGB")
    # Colours are premultiplied by what is seen, so that masked pixels do not bleed into the blurs.
    seen = Image.new("RGBa", image.size)
    seen.paste(colours.convert("RGBA").convert("RGBa"), mask=ImageOps.invert(mask))
    stack = Image.new("RGBA", image.size)
    for radius, repeats in _LAYERS:
        layer = seen.filter(ImageFilter.GaussianBlur(radius)).convert("RGBA")
        for _ in range(repeats):
            stack.alpha_composite(layer)
    reached = stack.getchannel("A").point([0] + [255] * 255)
    return Image.composite(stack.convert("RGB"), Image.new("RGB", image.size, _mean(colours, mask)), reached)


def _mean(colours: Image.Image, mask: Image.Image) -> tuple[int, int, int]:
    pixels = np.asarray(colours, np.float64).reshape(-1, 3)
    weights = 255.0 - np.asarray(mask, np.float64).ravel()
    mean = np.average(pixels, axis=0, weights=weights if weights.any() else None)
    red, green, blue = (round(value) for value in mean)
    return red, green, blue
