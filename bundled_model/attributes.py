"""The attributes of a scene as numbered labels, for what learns to read them: from pictures or from sentences."""

import torch
from torch import Tensor

from bundled_model.scene import Colour, Light, Place, Scene, Sky, Subject, Terrain, TimeOfDay

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "time": tuple(TimeOfDay),
    "sky": tuple(Sky),
    "light": tuple(Light),
    "light_place": ("none", *Place),
    "terrain": tuple(Terrain),
    "subject": tuple(Subject),
    "subject_place": ("none", *Place),
    "colour": ("none", *Colour),
}
"""Labels of each attribute, in the order of the classifiers' outputs."""


def labels_of(scenes: list[Scene]) -> Tensor:
    """Label numbers, shape (n, 8), one column an attribute."""
    rows = [
        [labels.index(str(getattr(scene, name) or "none")) for name, labels in ATTRIBUTES.items()] for scene in scenes
    ]
    return torch.tensor(rows)
