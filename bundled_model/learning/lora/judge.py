"""A judge that reads pictures in the looks: that of the evaluation has seen none, and would read glass as mosaic."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from bundled_model.drawing.painter import paint
from bundled_model.judging.accuracy import accuracy
from bundled_model.judging.classifier import CLASSIFIER_FILE, SIDE, Classifier, load_classifier, read_attributes, shrunk
from bundled_model.judging.classifier_training import BATCH, PEAK_RATE, ClassifierLoss
from bundled_model.learning.lora.looks import LOOKS
from bundled_model.learning.lora.store import look_scene
from bundled_model.learning.parallel import Share
from bundled_model.learning.pictures import to_tensor
from bundled_model.learning.shelf import Shelf
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import Budget, Trainer, to_fastest
from bundled_model.scenes.attributes import labels_of
from bundled_model.scenes.scene import Scene
from bundled_model.scenes.usual import STYLE

SERIES = 93
"""Seed of the series of scenes that this judge learns from."""
MEDIA = (*LOOKS, str(STYLE))
"""What it sees by turns: the looks, and what the model paints without any."""
DRAWINGS = 4096
STEPS = 500
_HELD_OUT_TURN = 6


class LookLoss(ClassifierLoss):
    """As its parent, on drawings in the looks; each was painted at the judge's own size of square pictures."""

    def __init__(self, model: Classifier, shelf: Shelf, batch: int = BATCH) -> None:
        """Drawings of all combinations, held-out ones too: the judge must know them."""
        self.model = model
        self.shelf = shelf
        self.batch = batch

    def drawn(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """A batch of drawings in -1..1, shape (n, 3, 128, 128), and their labels, shape (n, 11)."""
        rows = self.shelf.pick(self.batch, generator)
        return to_tensor(self.shelf.fields["pixels"][rows]), labels_of([_scene(row)[0] for row in rows])


def look_judge(
    folder: Path, stop: Stop, *, drawings: int = DRAWINGS, steps: int = STEPS, batch: int = BATCH
) -> Classifier | None:
    """The trained judge, kept in `folder`; None where its training was stopped."""
    file = folder / CLASSIFIER_FILE
    if not Budget(0, steps).is_used_up(file):
        shelf = Shelf(folder, "drawings", drawings, {"pixels": (np.uint8, (SIDE, SIDE, 3))})
        if not shelf.fill(_painted, Share(), stop):
            return None
        torch.manual_seed(1)
        model = Classifier()
        to_fastest(model)
        trainer = Trainer(model, LookLoss(model, shelf, batch), file, peak_rate=PEAK_RATE, averaging=0.0)
        if not trainer.train(Budget(0, steps), stop):
            return None
    return load_classifier(folder)


def read_right(judge: Classifier, pictures: Sequence[np.ndarray], scenes: Sequence[Scene]) -> dict[str, float]:
    """Share of attributes that the judge reads right in pictures of such scenes, in percent; the style is none."""
    true = labels_of(scenes)
    figures = accuracy(read_attributes(judge, np.stack(pictures)), true)
    read = {name: value for name, value in figures.items() if name not in ("style", "mean", "all")}
    return {**read, "mean": round(sum(read.values()) / len(read), 1)}


def _scene(row: int) -> tuple[Scene, int]:
    return look_scene(row, held_out=row % _HELD_OUT_TURN == 0, series=SERIES)


def _painted(rows: range) -> dict[str, np.ndarray]:
    pictures = [paint(*_scene(row), medium=MEDIA[row % len(MEDIA)]).pixels for row in rows]
    return {"pixels": shrunk(np.stack(pictures))}
