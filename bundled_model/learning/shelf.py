"""Rows of arrays that are made once and read at random: memory-mapped files, filled chunk by chunk.

One byte a chunk says whether it is written, so several processes can fill one shelf at once, a stopped run goes on
where it ended, and a longer shelf keeps what a shorter one held.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch

from bundled_model.learning.parallel import Share
from bundled_model.learning.stopping import Stop

CHUNK = 32
"""Rows that are written, and marked as written, together."""
Fields: TypeAlias = Mapping[str, tuple[type[np.generic], tuple[int, ...]]]
"""The kind of number and the shape of one row, by the field's name."""
Make: TypeAlias = Callable[[range], Mapping[str, np.ndarray]]
"""Makes the rows of such numbers, by field."""


class Shelf:
    """So many rows of several fields, each field in a file of its own: `<folder>/<name>.<field>`."""

    def __init__(self, folder: Path, name: str, rows: int, fields: Fields) -> None:
        """Open the files, or make them; `rows` is rounded down to whole chunks."""
        chunks = max(1, rows // CHUNK)
        self.rows = chunks * CHUNK
        folder.mkdir(parents=True, exist_ok=True)
        self.fields = {
            field: _open(folder / f"{name}.{field}", kind, (self.rows, *shape))
            for field, (kind, shape) in fields.items()
        }
        self._done = _open(folder / f"{name}.done", np.uint8, (chunks,))

    def fill(self, make: Make, share: Share, stop: Stop) -> bool:
        """Make what is missing of a share of the chunks; whether all of that share is there."""
        for chunk in share.pick(len(self._done)):
            if self._done[chunk]:
                continue
            if stop.asked:
                return False
            rows = range(chunk * CHUNK, (chunk + 1) * CHUNK)
            for field, values in make(rows).items():
                self.fields[field][rows.start : rows.stop] = values
            self._done[chunk] = 1
        return True

    def empty(self) -> None:
        """Forget what is written."""
        self._done[:] = 0

    def is_full(self) -> bool:
        """Whether all is written."""
        return bool(self._done.all())

    def ready(self) -> np.ndarray:
        """The numbers of the rows that are written, in order."""
        chunks = np.flatnonzero(self._done)
        return (chunks[:, None] * CHUNK + np.arange(CHUNK)).reshape(-1)

    def pick(self, count: int, generator: torch.Generator) -> list[int]:
        """Random numbers of rows that are written.

        Raises:
            ValueError: None is written yet.
        """
        ready = np.flatnonzero(self._done)
        if not len(ready):
            raise ValueError("nothing is written here yet; run the stages of the training in their order")
        places = torch.randint(len(ready) * CHUNK, (count,), generator=generator).tolist()
        return [int(ready[place // CHUNK]) * CHUNK + place % CHUNK for place in places]


def _open(file: Path, kind: type[np.generic], shape: tuple[int, ...]) -> np.memmap:
    """The head of the file as an array; the file is made, or made longer with zeros, where it is too short."""
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    if not file.exists() or file.stat().st_size < size:
        with file.open("ab") as longer:
            longer.truncate(size)
    return np.memmap(file, dtype=kind, mode="r+", shape=shape)
