"""Contact sheets: many pictures in one."""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from bundled_model.captions.grammar import write_caption
from bundled_model.drawing.painter import paint
from bundled_model.scenes.scene import sample_scene

EXAMPLES = (
    "a red sailboat on the sea at sunset",
    "snowy mountains at dawn, clouds",
    "a starry night over the pine forest, full moon on the right",
    "a castle in the desert at sunset, sun on the left",
    "green hills by day, rainbow",
    "a city skyline at night, crescent moon",
    "northern lights over a snowy field",
    "a yellow hot-air balloon over the lake at dawn",
    "a white house in the snow on a sunny day",
    "the open sea at night, full moon in the middle",
    "a red tree in the hills, blue sky, clouds",
    "a windmill in the desert by day, sun on the right",
)
"""Prompts of the sheet of generated pictures."""


def save_sheet(pictures: Sequence[np.ndarray], columns: int, file: Path, *, cell: int | None = None) -> None:
    """Write pictures of one size, bytes (h, w, 3), row by row as one file; its ending names the format.

    Each is scaled to `cell` pixels where that is given.
    """
    if cell:
        pictures = [np.asarray(Image.fromarray(picture).resize((cell, cell))) for picture in pictures]
    missing = -len(pictures) % columns
    cells = [*pictures, *[np.zeros_like(pictures[0])] * missing]
    rows = [np.concatenate(cells[start : start + columns], axis=1) for start in range(0, len(cells), columns)]
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(rows, axis=0)).save(file)


def draw_sheet(file: Path, *, seed: int, count: int, columns: int, cell: int = 256) -> list[str]:
    """Draw scenes and write them as one sheet; returns a caption for each."""
    rng = random.Random(seed)
    scenes = [sample_scene(rng) for _ in range(count)]
    save_sheet([paint(scene, rng.randrange(1 << 30)) for scene in scenes], columns, file, cell=cell)
    return [write_caption(scene, rng) for scene in scenes]
