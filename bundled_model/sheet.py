"""Contact sheets: many pictures in one."""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from bundled_model.captions import write_caption
from bundled_model.drawing import paint
from bundled_model.scene import sample_scene


def save_sheet(pictures: Sequence[np.ndarray], columns: int, file: Path) -> None:
    """Write pictures of one size, bytes (h, w, 3), row by row as one file; its ending names the format."""
    missing = -len(pictures) % columns
    cells = [*pictures, *[np.zeros_like(pictures[0])] * missing]
    rows = [np.concatenate(cells[start : start + columns], axis=1) for start in range(0, len(cells), columns)]
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(rows, axis=0)).save(file)


def draw_sheet(file: Path, *, seed: int, count: int, columns: int) -> list[str]:
    """Draw scenes and write them as one sheet; returns a caption for each."""
    rng = random.Random(seed)
    scenes = [sample_scene(rng) for _ in range(count)]
    save_sheet([paint(scene, rng.randrange(1 << 30)) for scene in scenes], columns, file)
    return [write_caption(scene, rng) for scene in scenes]
