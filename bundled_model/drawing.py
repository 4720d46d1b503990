"""Paints a `Scene`: the same scene and seed always give the same pixels.

Order: sky, land, subject. Sizes are chosen so that everything a caption names is 40 pixels or more across and survives
an autoencoder that keeps one cell for 8x8 pixels.
"""

import random

import numpy as np

from bundled_model.canvas import Canvas
from bundled_model.drawing_sky import draw_sky
from bundled_model.drawing_subject import draw_subject
from bundled_model.drawing_terrain import draw_terrain, skyline_of
from bundled_model.palette import palette_of
from bundled_model.scene import Scene

LIGHT_REACH = 30
"""Pixels around the centre of sun or moon that hold all of it."""
VISIBLE = 8
"""Change of a colour value, of 255, from which on a pixel belongs to the subject."""


def paint(scene: Scene, seed: int) -> np.ndarray:
    """The picture of a scene.

    Args:
        scene: What to show.
        seed: Chooses everything the scene leaves open: exact places, sizes, shades, shapes.

    Returns:
        Unsigned bytes, shape (256, 256, 3), red green blue.
    """
    return paint_with_focus(scene, seed)[0]


def paint_with_focus(scene: Scene, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The picture of a scene, and where its named things are: the subject, and the sun or moon.

    Returns:
        The picture as `paint` gives it, and booleans of shape (256, 256).
    """
    rng = random.Random(seed)
    palette = palette_of(scene.time, rng)
    canvas = Canvas()
    horizon = skyline_of(scene.terrain, rng)
    light = draw_sky(canvas, scene, palette, rng, horizon)
    ground = draw_terrain(canvas, scene, palette, rng, horizon, light=light)
    behind = canvas.pixels()
    draw_subject(canvas, scene, palette, rng, ground)
    pixels = canvas.pixels()
    focus = np.abs(pixels.astype(np.int16) - behind).max(axis=2) > VISIBLE
    if light is not None:
        down, across = np.ogrid[: focus.shape[0], : focus.shape[1]]
        focus |= (across - light[0]) ** 2 + (down - light[1]) ** 2 < LIGHT_REACH**2
    return pixels, focus
