"""Trains the judge, on the drawings that the model learns from."""

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from bundled_model.drawing.painter import SIZES
from bundled_model.judging.classifier import CLASSIFIER_FILE, Classifier, shrunk
from bundled_model.judging.worsening import worsened
from bundled_model.learning.drawings import DrawingStore
from bundled_model.learning.pictures import to_tensor
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import Budget, Trainer, generator_for, pick_device, to_fastest
from bundled_model.scenes.attributes import ATTRIBUTES, labels_of

BATCH = 64
PEAK_RATE = 2e-3
SEED = 71


class ClassifierLoss:
    """Cross-entropy over all attributes, on drawings made a little worse, as generated pictures are."""

    def __init__(self, model: Classifier, drawings: DrawingStore, batch: int = BATCH) -> None:
        """Drawings of all sizes, each size as often as there are drawings of it."""
        self.model = model
        self.drawings = drawings
        self.batch = batch

    def __call__(self, step: int) -> Tensor:
        """Loss of one step (a scalar)."""
        generator = generator_for(SEED, step)
        pictures, labels = self.drawn(generator)
        device = pick_device()
        pictures = worsened(pictures, generator).to(device, memory_format=torch.channels_last)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            scores = self.model(pictures)
        labels = labels.to(device)
        losses = [functional.cross_entropy(scores[name].float(), labels[:, n]) for n, name in enumerate(ATTRIBUTES)]
        return torch.stack(losses).sum()

    def drawn(self, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """A batch of drawings in -1..1, shape (n, 3, 128, 128), and their labels, shape (n, 11)."""
        sizes = [self.drawings.draw_size(generator) for _ in range(self.batch)]
        pictures, scenes = [], []
        for size in range(len(SIZES)):
            if count := sizes.count(size):
                rows = self.drawings.shelves[size].pick(count, generator)
                pictures.append(to_tensor(shrunk(self.drawings.pixels(size, rows))))
                scenes += [self.drawings.scene(size, row) for row in rows]
        return torch.cat(pictures), labels_of(scenes)


def train_classifier(folder: Path, drawings: DrawingStore, budget: Budget, stop: Stop, batch: int = BATCH) -> bool:
    """Train for the budget, from `folder/classifier.pt` where it exists; whether the budget was used up."""
    torch.manual_seed(1)
    model = Classifier()
    to_fastest(model)
    loss = ClassifierLoss(model, drawings, batch)
    return Trainer(model, loss, folder / CLASSIFIER_FILE, peak_rate=PEAK_RATE, averaging=0.0).train(budget, stop)
