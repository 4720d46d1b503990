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


def paint(scene: Scene, seed: int) -> np.ndarray:
    """The picture of a scene.

    Args:
        scene: What to show.
        seed: Chooses everything the scene leaves open: exact places, sizes, shades, shapes.

    Returns:
        Unsigned bytes, shape (256, 256, 3), red green blue.
    """
    rng = random.Random(seed)
    palette = palette_of(scene.time, rng)
    canvas = Canvas()
    horizon = skyline_of(scene.terrain, rng)
    light = draw_sky(canvas, scene, palette, rng, horizon)
    ground = draw_terrain(canvas, scene, palette, rng, horizon, light=light)
    draw_subject(canvas, scene, palette, rng, ground)
    return canvas.pixels()
