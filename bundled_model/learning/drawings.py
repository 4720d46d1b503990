"""Drawings, painted once and kept in files, so that whatever learns from them never waits for the painter.

Beside each drawing lies what it shows, one part for each cell of 8x8 pixels: the cells of the autoencoder's latents.
"""

import random
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from bundled_model.drawing.canvas import Size
from bundled_model.drawing.painter import SIZES, paint
from bundled_model.drawing.parts import Part
from bundled_model.learning.parallel import Share
from bundled_model.learning.pictures import to_tensor
from bundled_model.learning.shelf import Shelf
from bundled_model.learning.stopping import Stop
from bundled_model.scenes.sampling import numbered_scene
from bundled_model.scenes.scene import Scene
from bundled_model.scenes.usual import made_usual

SERIES = 21
"""Seed of the series of scenes that the model is trained on."""
CELL = 8
"""Pixels to one cell, each way."""
TURNS = (14, 3, 3)
"""How many of twenty drawings have each of `SIZES`."""
USUAL_SHARE = 0.5
"""Share of scenes that are made usual, or plain pictures would be rare."""
NAMED_COVER = 0.3
"""Share of a cell that the subject, sun or moon must cover to be what the cell shows."""


def index_of(size: int, row: int) -> int:
    """The number, among all drawings, of drawing number `row` of a size (a number into `SIZES`)."""
    turns, turn = divmod(row, TURNS[size])
    return turns * sum(TURNS) + sum(TURNS[:size]) + turn


def rows_of(size: int, count: int) -> int:
    """How many of the first `count` drawings have this size."""
    turns, rest = divmod(count, sum(TURNS))
    return turns * TURNS[size] + min(max(rest - sum(TURNS[:size]), 0), TURNS[size])


def size_of(index: int) -> int:
    """The size (a number into `SIZES`) of drawing number `index`."""
    turn = index % sum(TURNS)
    return sum(turn >= sum(TURNS[: size + 1]) for size in range(len(TURNS)))


def drawn_scene(index: int) -> tuple[Scene, int]:
    """What drawing number `index` shows (half of them plainer scenes than chance gives), and the seed of its paint."""
    scene, seed = numbered_scene(SERIES, index)
    rng = random.Random(f"{SERIES}/{index}/usual")
    return (made_usual(scene, rng) if rng.random() < USUAL_SHARE else scene), seed


def cells_of(parts: np.ndarray) -> np.ndarray:
    """The part that each cell shows, bytes (h/8, w/8), from those of the pixels, bytes (h, w).

    It is the one that covers most of the cell; what captions name comes first wherever it covers `NAMED_COVER`.
    """
    rows, columns = (side // CELL for side in parts.shape)
    pixels = parts.reshape(rows, CELL, columns, CELL).swapaxes(1, 2).reshape(rows * columns, CELL * CELL)
    places = pixels.astype(np.int64) + len(Part) * np.arange(rows * columns)[:, None]
    covers = np.bincount(places.reshape(-1), minlength=rows * columns * len(Part)).reshape(-1, len(Part))
    shown = covers.argmax(axis=1).astype(np.uint8)
    for named in (Part.LIGHT, Part.SUBJECT):
        shown[covers[:, named] >= NAMED_COVER * CELL * CELL] = named
    return shown.reshape(rows, columns)


class DrawingStore:
    """The drawings 0 to `count` - 1 of the series, those of each size on a shelf of their own.

    A size is named by its number in `SIZES`, a drawing by its row on the shelf of its size.
    """

    def __init__(self, folder: Path, count: int) -> None:
        """Open the shelves in `folder/drawings`, or make them; each holds whole chunks only, at least one."""
        self.shelves = [self._shelf(folder / "drawings", number, size, count) for number, size in enumerate(SIZES)]

    @staticmethod
    def _shelf(folder: Path, number: int, size: Size, count: int) -> Shelf:
        width, height = size
        shapes = {"pixels": (height, width, 3), "parts": (height // CELL, width // CELL)}
        fields = {name: (np.uint8, shape) for name, shape in shapes.items()}
        return Shelf(folder, f"{width}x{height}", rows_of(number, count), fields)

    def fill(self, share: Share, stop: Stop) -> bool:
        """Paint what is missing of a share; whether all of that share is there."""
        return all(shelf.fill(partial(_paint_rows, size), share, stop) for size, shelf in enumerate(self.shelves))

    def is_full(self) -> bool:
        """Whether all drawings are painted."""
        return all(shelf.is_full() for shelf in self.shelves)

    def pixels(self, size: int, rows: list[int] | range) -> np.ndarray:
        """Drawings: bytes, shape (n, height, width, 3)."""
        return self.shelves[size].fields["pixels"][list(rows)]

    def parts(self, size: int, rows: list[int] | range) -> np.ndarray:
        """What the cells of drawings show (`Part`): bytes, shape (n, height/8, width/8)."""
        return self.shelves[size].fields["parts"][list(rows)]

    def scene(self, size: int, row: int) -> Scene:
        """What a drawing shows."""
        return drawn_scene(index_of(size, row))[0]

    def draw_size(self, generator: torch.Generator) -> int:
        """A size, drawn at random by its share."""
        return draw_size(self.shelves, generator)

    def batch(self, size: int, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor, list[int]]:
        """Random drawings of one size among those painted: pictures, parts, and their rows.

        Pictures have values in -1..1 and shape (count, 3, height, width), parts shape (count, height/8, width/8).
        """
        rows = self.shelves[size].pick(count, generator)
        return to_tensor(self.pixels(size, rows)), torch.from_numpy(self.parts(size, rows)), rows

    def crops(self, count: int, side: int, generator: torch.Generator) -> Tensor:
        """Random squares of drawings of all sizes, half of them mirrored: in -1..1, shape (count, 3, side, side).

        Corners lie on cells, so that what is drawn in blocks meets the cells as it does in whole pictures.
        """
        flips = torch.rand(count, generator=generator).lt(0.5).tolist()
        squares = []
        for flip in flips:
            size = self.draw_size(generator)
            pixels = self.shelves[size].fields["pixels"]
            (row,) = self.shelves[size].pick(1, generator)
            top, left = (_corner(length - side, generator) for length in pixels.shape[1:3])
            square = pixels[row, top : top + side, left : left + side]
            squares.append(square[:, ::-1] if flip else square)
        return to_tensor(np.stack(squares))


def draw_size(shelves: list[Shelf], generator: torch.Generator) -> int:
    """The number of a shelf, drawn by how many rows each holds."""
    weights = torch.tensor([float(shelf.rows) for shelf in shelves])
    return int(torch.multinomial(weights, 1, generator=generator))


def _corner(room: int, generator: torch.Generator) -> int:
    return CELL * int(torch.randint(room // CELL + 1, (1,), generator=generator))


def _paint_rows(size: int, rows: range) -> dict[str, np.ndarray]:
    paintings = [paint(*drawn_scene(index_of(size, row)), SIZES[size]) for row in rows]
    return {
        "pixels": np.stack([painting.pixels for painting in paintings]),
        "parts": np.stack([cells_of(painting.parts) for painting in paintings]),
    }
