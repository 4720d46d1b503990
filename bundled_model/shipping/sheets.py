"""Contact sheets: many pictures in one."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from bundled_model.captions.grammar import write_caption
from bundled_model.drawing.canvas import Size
from bundled_model.drawing.painter import SQUARE, paint
from bundled_model.judging.generating import Order, Sampling, Studio
from bundled_model.scenes.sampling import sample_scene
from bundled_model.scenes.scene import Style
from bundled_model.shipping.examples import EXAMPLES, FILES

QUALITY = 88
"""Of JPEG files, of 100."""
CELL = 192
"""The shorter side of each picture on the sheets of README.md, in pixels."""
DRAWN, DRAWN_SCENES = "drawn.jpg", 4
PREVIEW = "preview.png"
"""What lists of models show of the model."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn: `count` scenes, each in all of `styles`, or in its own where none is given.

    `cell` is the shorter side of each picture on the sheet, `size` what it is drawn at (width, height), in pixels.
    """

    seed: int = 1
    count: int = 24
    columns: int = 6
    cell: int = 256
    size: Size = SQUARE
    styles: tuple[Style, ...] = ()


def save_sheet(pictures: Sequence[np.ndarray], columns: int, file: Path, *, cell: int | None = None) -> None:
    """Write pictures of one size, bytes (h, w, 3), row by row as one file; its ending names the format.

    Each is scaled to a shorter side of `cell` pixels where that is given.
    """
    if cell:
        height, width = pictures[0].shape[:2]
        scaled = (cell * width // min(height, width), cell * height // min(height, width))
        pictures = [np.asarray(Image.fromarray(picture).resize(scaled)) for picture in pictures]
    missing = -len(pictures) % columns
    cells = [*pictures, *[np.zeros_like(pictures[0])] * missing]
    rows = [np.concatenate(cells[start : start + columns], axis=1) for start in range(0, len(cells), columns)]
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(rows, axis=0)).save(file, quality=QUALITY)


def draw_sheet(file: Path, sheet: Sheet) -> list[str]:
    """Draw scenes and write them as one file; returns a caption for each picture.

    In several styles, a scene's pictures stand beside each other in one row.
    """
    rng = random.Random(sheet.seed)
    numbered = [(sample_scene(rng), rng.randrange(1 << 30)) for _ in range(sheet.count)]
    variants = [
        (replace(scene, style=style), seed) for scene, seed in numbered for style in sheet.styles or (scene.style,)
    ]
    columns = len(sheet.styles) if len(sheet.styles) > 1 else sheet.columns
    pictures = [paint(scene, seed, sheet.size).pixels for scene, seed in variants]
    save_sheet(pictures, columns, file, cell=sheet.cell)
    return [write_caption(scene, rng) for scene, _ in variants]


def write_sheets(sampling: Sampling, folder: Path, seed: int) -> Iterator[Path]:
    """Write the drawn and the generated pictures of README.md, and the model's preview; yields each file."""
    draw_sheet(folder / DRAWN, Sheet(seed=seed, count=DRAWN_SCENES, cell=CELL, styles=tuple(Style)))
    yield folder / DRAWN
    studio = Studio(sampling)
    for size, (name, columns) in FILES.items():
        pictures = studio.make([Order(prompt, seed + place, size) for place, prompt in enumerate(EXAMPLES[size])])
        save_sheet(pictures, columns, folder / name, cell=CELL)
        yield folder / name
        if size == SQUARE:
            save_sheet(pictures[:1], 1, sampling.model / PREVIEW)
            yield sampling.model / PREVIEW
