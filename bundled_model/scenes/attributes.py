"""The attributes of a scene as numbered labels, for what learns to read them: from pictures or from sentences."""

from collections.abc import Sequence

import torch
from torch import Tensor

from bundled_model.scenes.scene import Colour, Light, Place, Scene, Season, Sky, Style, Subject, Terrain, TimeOfDay

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "style": tuple(Style),
    "time": tuple(TimeOfDay),
    "season": ("none", *Season),
    "sky": tuple(Sky),
    "light": tuple(Light),
    "light_place": ("none", *Place),
    "terrain": tuple(Terrain),
    "subject": tuple(Subject),
    "subject_place": ("none", *Place),
    "count": ("none", "1", "2", "3"),
    "colour": ("none", *Colour),
}
"""Labels of each attribute, in the order of the classifiers' outputs."""


def labels_of(scenes: Sequence[Scene]) -> Tensor:
    """Label numbers, shape (n, 11), one column an attribute."""
    rows = [
        [labels.index(str(getattr(scene, name) or "none")) for name, labels in ATTRIBUTES.items()] for scene in scenes
    ]
    return torch.tensor(rows)
