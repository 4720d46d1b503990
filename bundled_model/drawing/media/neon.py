"""Neon: glowing coloured contours on dark ground. No scene has it; LoRAs learn it."""

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import skia

from bundled_model.drawing.media.contours import contour
from bundled_model.drawing.media.medium import Medium, Shape
from bundled_model.drawing.media.textures import doubled, halved, softened
from bundled_model.drawing.media.tones import vivid
from bundled_model.drawing.palette import Rgb, mix, rgb

if TYPE_CHECKING:
    from bundled_model.drawing.canvas import Canvas

_GROUND = rgb(12, 8, 30)
_DIM = 0.8
_GLOW = 1.5


class Neon(Medium):
    """Large shapes are dark and only their contours shine; small ones shine themselves."""

    cuts: ClassVar[bool] = True

    def __init__(self) -> None:
        """All tubes are off."""
        self._lit = False

    def tone(self, colour: Rgb) -> Rgb:
        """Colours of gas in tubes."""
        return vivid(colour, 1.9)

    def pieces(self, shape: Shape) -> list[Shape]:
        """Dims what is large, but no weather: that is drawn when the tubes are on."""
        if self._lit or not (shape.is_sheet or shape.is_wide):
            return [shape]
        return [replace(shape, stops=[(mix(colour, _GROUND, _DIM), alpha) for colour, alpha in shape.stops])]

    def draw_contours(self, canvas: "Canvas") -> None:
        """Light along every contour, in the colour of what it surrounds."""
        self._lit = True
        dim = canvas.pixels().astype(np.float32)
        lines = np.repeat(contour(canvas.sheets(), 3, thin=0.8, softness=2)[..., None], 3, axis=2)
        light = lines * _hue(softened(dim))
        glow = doubled(doubled(softened(halved(halved(light)), 2)))
        lit = np.full((*dim.shape[:2], 4), 255, np.uint8)
        lit[..., :3] = np.minimum(np.maximum(dim + np.float32(_GLOW) * glow, light), 255)
        canvas.skia.drawImage(skia.Image.fromarray(lit, skia.kRGBA_8888_ColorType), 0, 0)


def _hue(dim: np.ndarray) -> np.ndarray:
    """The brightest colours of the hues that were dimmed."""
    channels = (dim[..., index] - np.float32(255 * _DIM * _GROUND[index]) for index in range(3))
    red, green, blue = (np.maximum(channel, 0) for channel in channels)
    grey = np.float32(0.7) * np.minimum(np.minimum(red, green), blue)
    strength = np.float32(219) / (np.maximum(np.maximum(red, green), blue) - grey + 2)
    return np.stack([(channel - grey) * strength + 36 for channel in (red, green, blue)], axis=2)
