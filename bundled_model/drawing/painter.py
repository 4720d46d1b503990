"""Paints a `Scene`: the same scene, seed, size and medium always give the same pixels.

Order: sky, land, things, the medium's contours, weather, and last what the medium does to the whole. Everything that
a caption names is 40 pixels or more across and survives an autoencoder that keeps one cell for 8x8 pixels.
"""

import random
from dataclasses import dataclass

import numpy as np

from bundled_model.drawing.canvas import Canvas, Size
from bundled_model.drawing.lands import draw_land, skyline_of
from bundled_model.drawing.media import MEDIA
from bundled_model.drawing.palette import palette_of
from bundled_model.drawing.skies import draw_sky
from bundled_model.drawing.things import draw_things
from bundled_model.drawing.view import View
from bundled_model.drawing.weather import draw_weather
from bundled_model.scenes.scene import Scene

SQUARE: Size = (256, 256)
SIZES: tuple[Size, ...] = (SQUARE, (384, 256), (256, 384))
"""Widths and heights of the pictures that the model learns from."""


@dataclass(frozen=True, slots=True)
class Painting:
    """A picture, bytes of shape (height, width, 3), and what each pixel shows (`Part`), bytes (height, width)."""

    pixels: np.ndarray
    parts: np.ndarray


def paint(scene: Scene, seed: int, size: Size = SQUARE, medium: str | None = None) -> Painting:
    """The picture of a scene.

    Args:
        scene: What to show.
        seed: Chooses everything the scene leaves open: exact places, sizes, shades, shapes.
        size: Width and height in pixels, at least 256 each.
        medium: A name of `MEDIA`; None for the style of the scene.
    """
    rng = random.Random(seed)
    palette = palette_of(scene, rng)
    craft = MEDIA[medium or scene.style]()
    canvas = Canvas(size, craft)
    view = View(canvas, scene, palette, rng, skyline_of(scene, size, rng))
    draw_sky(view)
    ground = draw_land(view)
    draw_things(view, ground)
    craft.draw_contours(canvas)
    draw_weather(view)
    return Painting(craft.finish(canvas, rng), canvas.parts())
