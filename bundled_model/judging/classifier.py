"""A small network that reads the attributes of a picture: the judge of the evaluation, trained on drawings only.

It is no part of the bundled model. Its accuracy on new drawings is measured beside what it says of generated pictures.

Each attribute finds what suits it: where things stand in the last map of 8x8 cells, kept whole; what they are, wherever
they stand, in the greatest values of the last two maps; and style, season and the like in the means of all maps.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bundled_model.learning.pictures import to_tensor
from bundled_model.scenes.attributes import ATTRIBUTES

CLASSIFIER_FILE = "classifier.pt"
SIDE = 128
"""Pixels of the pictures that it looks at, each way, whatever shape they had before."""
WIDTHS = (24, 48, 80, 128)
"""Channels at 64x64, 32x32, 16x16 and 8x8 cells."""
_HIDDEN = 256
_CELL_CHANNELS = 24
_BATCH = 64


class Block(nn.Module):
    """Two convolutions beside a shortcut; the size of the map stays."""

    def __init__(self, width: int) -> None:
        """Maps of `width` channels."""
        super().__init__()
        self.body = nn.Sequential(
            *_convolved(width, width, stride=1), nn.Conv2d(width, width, 3, padding=1, bias=False)
        )
        self.norm = nn.BatchNorm2d(width)

    def forward(self, maps: Tensor) -> Tensor:
        """Maps of shape (n, width, h, w) to such."""
        return functional.relu(maps + self.norm(self.body(maps)))


class Classifier(nn.Module):
    """Pictures in -1..1, shape (n, 3, 128, 128), to one row of scores an attribute."""

    def __init__(self) -> None:
        """Untrained."""
        super().__init__()
        stem, *others = WIDTHS
        self.stages = nn.ModuleList([nn.Sequential(*_convolved(3, stem, stride=2))])
        before = stem
        for width in others:
            self.stages.append(nn.Sequential(*_convolved(before, width, stride=2), Block(width)))
            before = width
        cells = (SIDE // 2 ** len(WIDTHS)) ** 2
        self.to_cells = nn.Sequential(nn.Conv2d(before, _CELL_CHANNELS, 1), nn.ReLU(), nn.Flatten())
        known = _CELL_CHANNELS * cells + sum(WIDTHS) + sum(WIDTHS[-2:])
        self.hidden = nn.Sequential(nn.Linear(known, _HIDDEN), nn.ReLU(), nn.Dropout(0.1))
        self.heads = nn.ModuleDict({name: nn.Linear(_HIDDEN, len(labels)) for name, labels in ATTRIBUTES.items()})

    def maps(self, pictures: Tensor) -> list[Tensor]:
        """What each stage makes of the pictures: maps of 64x64, 32x32, 16x16 and 8x8 cells."""
        made = []
        for stage in self.stages:
            pictures = stage(pictures)
            made.append(pictures)
        return made

    def forward(self, pictures: Tensor) -> dict[str, Tensor]:
        """Scores by attribute, each of shape (n, labels)."""
        maps = self.maps(pictures)
        means = [each.mean(dim=(2, 3)) for each in maps]
        greatest = [each.amax(dim=(2, 3)) for each in maps[-2:]]
        features = self.hidden(torch.cat([self.to_cells(maps[-1]), *means, *greatest], dim=1))
        return {name: head(features) for name, head in self.heads.items()}


def _convolved(before: int, after: int, *, stride: int) -> list[nn.Module]:
    return [nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]


def shrunk(pictures: np.ndarray) -> np.ndarray:
    """Pictures at the classifier's size, by the mean of the pixels that each new one covers: bytes (n, 128, 128, 3).

    Args:
        pictures: Bytes (n, h, w, 3).

    Raises:
        ValueError: A side is no multiple of 128.
    """
    height, width = pictures.shape[1:3]
    if height % SIDE or width % SIDE:
        raise ValueError(f"pictures of {width}x{height} pixels cannot be judged; sides must be multiples of {SIDE}")
    down, across = height // SIDE, width // SIDE
    if down == across == 1:
        return pictures
    # Slices are many times quicker than the mean over two axes of a reshaped array.
    total = np.full((len(pictures), SIDE, SIDE, 3), down * across // 2, np.uint32)
    for row in range(down):
        for column in range(across):
            total += pictures[:, row::down, column::across]
    return (total // (down * across)).astype(np.uint8)


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
    for start in range(0, len(pictures), _BATCH):
        scores = model(to_tensor(shrunk(pictures[start : start + _BATCH])))
        rows.append(torch.stack([scores[name].argmax(dim=1) for name in ATTRIBUTES], dim=1))
    return torch.cat(rows)
