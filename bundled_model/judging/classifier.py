"""A small network that reads the attributes of a picture: the judge of the evaluation, trained on drawings only.

It is no part of the bundled model. Its accuracy on new drawings is measured beside what it says of generated pictures.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bundled_model.drawing.painter import paint
from bundled_model.learning.pictures import to_tensor
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import Budget, Trainer, generator_for, pick_device
from bundled_model.scenes.attributes import ATTRIBUTES, labels_of
from bundled_model.scenes.sampling import numbered_scene

SERIES = 61
CLASSIFIER_FILE = "classifier.pt"


class Classifier(nn.Module):
    """Pictures in -1..1, shape (n, 3, 128, 128), to one row of scores an attribute."""

    def __init__(self) -> None:
        """Untrained."""
        super().__init__()
        widths = (3, 32, 64, 96, 128)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Linear(128 * 8 * 8, 256), nn.ReLU())
        self.heads = nn.ModuleDict({name: nn.Linear(256, len(labels)) for name, labels in ATTRIBUTES.items()})

    def forward(self, pictures: Tensor) -> dict[str, Tensor]:
        """Scores by attribute, each of shape (n, labels)."""
        features = self.body(pictures)
        return {name: head(features) for name, head in self.heads.items()}


def shrink(pictures: Tensor) -> Tensor:
    """To the classifier's size: (n, 3, h, w) to (n, 3, 128, 128)."""
    return functional.adaptive_avg_pool2d(pictures, 128)


class ClassifierLoss:
    """Cross-entropy over all attributes, on pictures made a little worse, as generated ones are."""

    def __init__(self, model: Classifier, count: int, batch: int, seed: int = 71) -> None:
        """Draw `count` pictures, shrunk, once; of all combinations, held-out ones too: the judge must know them."""
        self.model = model
        self.batch = batch
        self.seed = seed
        self.device = next(model.parameters()).device
        numbered = [numbered_scene(SERIES, index, held_out=index % 6 == 0) for index in range(count)]
        self.labels = labels_of([scene for scene, _ in numbered])
        self.pictures = torch.cat([shrink(to_tensor(paint(*pair).pixels[None])).half() for pair in numbered])

    def __call__(self, step: int) -> Tensor:
        """Loss of one step (a scalar)."""
        generator = generator_for(self.seed, step)
        picks = torch.randint(len(self.pictures), (self.batch,), generator=generator)
        pictures = self._worsen(self.pictures[picks].float(), generator).to(self.device)
        labels = self.labels[picks].to(self.device)
        scores = self.model(pictures)
        return torch.stack(
            [functional.cross_entropy(scores[name], labels[:, column]) for column, name in enumerate(ATTRIBUTES)]
        ).sum()

    def _worsen(self, pictures: Tensor, generator: torch.Generator) -> Tensor:
        """Half of them blurred, all with a shift of colour and noise."""
        count = len(pictures)
        blurred = functional.avg_pool2d(pictures, 3, stride=1, padding=1, count_include_pad=False)
        share = torch.rand(count, 1, 1, 1, generator=generator) * (
            torch.rand(count, 1, 1, 1, generator=generator) < 0.5
        )
        pictures = pictures + share * (blurred - pictures)
        shift = 0.05 * torch.randn(count, 3, 1, 1, generator=generator)
        return pictures + shift + 0.03 * torch.randn(pictures.shape, generator=generator)


def train_classifier(folder: Path, budget: Budget, stop: Stop, pictures: int = 7000) -> bool:
    """Train for the budget, from `folder/classifier.pt` where it exists; whether the budget was used up."""
    torch.manual_seed(1)
    model = Classifier().to(pick_device())
    file = folder / CLASSIFIER_FILE
    if not budget.is_used_up(file):
        loss = ClassifierLoss(model, pictures, batch=64)
        return Trainer(model, loss, file, peak_rate=2e-3, averaging=0.0).train(budget, stop)
    return True


def load_classifier(folder: Path) -> Classifier:
    """The trained classifier."""
    model = Classifier()
    state = torch.load(folder / CLASSIFIER_FILE, map_location="cpu", weights_only=True)
    # Not the average: its running statistics would be those of the untrained network.
    model.load_state_dict(state["model"])
    return model.eval()


@torch.inference_mode()
def read_attributes(model: Classifier, pictures: np.ndarray) -> Tensor:
    """Label numbers that the classifier reads, shape (n, 11), from bytes (n, h, w, 3)."""
    rows = []
    for start in range(0, len(pictures), 64):
        scores = model(shrink(to_tensor(pictures[start : start + 64])))
        rows.append(torch.stack([scores[name].argmax(dim=1) for name in ATTRIBUTES], dim=1))
    return torch.cat(rows)


def accuracy(read: Tensor, true: Tensor) -> dict[str, float]:
    """Share of pictures read right, in percent, by attribute and (as 'all') for all at once."""
    right = read == true
    figures = {name: 100 * float(right[:, column].float().mean()) for column, name in enumerate(ATTRIBUTES)}
    figures["mean"] = sum(figures.values()) / len(ATTRIBUTES)
    figures["all"] = 100 * float(right.all(dim=1).float().mean())
    return {name: round(value, 1) for name, value in figures.items()}
