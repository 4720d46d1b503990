"""Generated pictures for the judge, kept in files, so that a measurement that was stopped goes on where it ended."""

import hashlib
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from bundled_model.judging.classifier import SIDE, shrunk
from bundled_model.judging.generating import Order, Sampling, Studio, weights_of
from bundled_model.learning.parallel import Share, spread
from bundled_model.learning.shelf import CHUNK, Shelf
from bundled_model.learning.stopping import Stop

FOLDER = "generated"


def generated(
    folder: Path, sampling: Sampling, orders: Sequence[Order], processes: int, stop: Stop
) -> np.ndarray | None:
    """The pictures of the orders, at the judge's size: bytes (n, 128, 128, 3).

    Args:
        folder: The training folder; they are kept in `generated` in it, under the weights, settings and orders.
        sampling: The model, and how it walks.
        orders: What to make.
        processes: How many processes make them, each its share.
        stop: Ends it after the pictures under way.

    Returns:
        The pictures; None where it was stopped before all were made.
    """
    finished = spread(partial(_make_share, folder, sampling, tuple(orders)), processes, stop)
    pixels = _shelf(folder, sampling, orders).fields["pixels"]
    return np.asarray(pixels[: len(orders)]) if finished else None


def _make_share(folder: Path, sampling: Sampling, orders: Sequence[Order], share: Share, stop: Stop) -> bool:
    shelf = _shelf(folder, sampling, orders)
    if shelf.is_full():
        return True
    studio = Studio(sampling)

    def make(rows: range) -> dict[str, np.ndarray]:
        pixels = np.zeros((len(rows), SIDE, SIDE, 3), np.uint8)
        for place, picture in enumerate(studio.make(orders[rows.start : rows.stop])):
            pixels[place] = shrunk(picture[None])[0]
        last = min(rows.stop, len(orders))
        print(f"generated pictures {rows.start + 1} to {last} of {len(orders)}", file=sys.stderr, flush=True)
        return {"pixels": pixels}

    return shelf.fill(make, share, stop)


def _shelf(folder: Path, sampling: Sampling, orders: Sequence[Order]) -> Shelf:
    chunks = -(-len(orders) // CHUNK)
    fields = {"pixels": (np.uint8, (SIDE, SIDE, 3))}
    return Shelf(folder / FOLDER, _key(sampling, orders), chunks * CHUNK, fields)


def _key(sampling: Sampling, orders: Sequence[Order]) -> str:
    """A name for just these pictures."""
    digest = hashlib.sha256(repr((sampling.steps, sampling.guidance, tuple(orders))).encode())
    digest.update(weights_of(sampling.model).encode())
    return digest.hexdigest()[:24]
