"""How different pictures of one prompt are, in proportion to how different drawings of it are.

A model that paints the same picture whatever the seed is at 0; one whose pictures differ as the painter's do is at 1.
The distance is that of what the judge's network makes of the pictures, at all of its stages, each cell's features at
unit length: LPIPS (Zhang et al., The Unreasonable Effectiveness of Deep Features as a Perceptual Metric, arXiv
1801.03924), without its learned weights and with a network of our own. That of the pixels is measured beside it.
"""

import random
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from bundled_model.captions.grammar import write_caption
from bundled_model.drawing.painter import paint
from bundled_model.judging.classifier import Classifier, shrunk
from bundled_model.judging.generating import Order
from bundled_model.learning.pictures import to_tensor
from bundled_model.scenes.sampling import numbered_scene

SERIES = 83
PROMPTS = 8
SEEDS = 16
Distance = Callable[[np.ndarray], Tensor]
"""Distances between all pairs, shape (pairs,), of pictures, bytes (n, 128, 128, 3)."""


def diversity_orders(prompts: int = PROMPTS, seeds: int = SEEDS) -> list[Order]:
    """The pictures to be made: all seeds of the first prompt, then all of the second, and so on."""
    orders = []
    for index in range(prompts):
        scene, seed = numbered_scene(SERIES, index)
        prompt = write_caption(scene, random.Random(seed), keep=1.0)
        orders += [Order(prompt, number) for number in range(seeds)]
    return orders


def drawn_likewise(prompts: int = PROMPTS, seeds: int = SEEDS) -> np.ndarray:
    """The painter's pictures of the same scenes, in the same order, at the judge's size: bytes (n, 128, 128, 3)."""
    scenes = [numbered_scene(SERIES, index)[0] for index in range(prompts)]
    return np.concatenate([shrunk(paint(scene, seed).pixels[None]) for scene in scenes for seed in range(seeds)])


@torch.inference_mode()
def feature_distances(judge: Classifier, pictures: np.ndarray) -> Tensor:
    """Distances between all pairs, by what the judge's network makes of them: shape (pairs,)."""
    total = torch.zeros(len(pictures) * (len(pictures) - 1) // 2)
    for maps in judge.maps(to_tensor(pictures)):
        cells = maps.shape[2] * maps.shape[3]
        total += functional.pdist(functional.normalize(maps, dim=1).flatten(1)).square() / cells
    return total


def pixel_distances(pictures: np.ndarray) -> Tensor:
    """Distances between all pairs: the root of the mean square of what their bytes differ by, shape (pairs,)."""
    values = torch.from_numpy(pictures.astype(np.float32)).flatten(1)
    return functional.pdist(values) / values.shape[1] ** 0.5


def diversity(generated: np.ndarray, drawn: np.ndarray, distance: Distance, seeds: int = SEEDS) -> float:
    """The mean distance of two generated pictures of a prompt over that of two drawn ones: its mean over the prompts.

    Args:
        generated: Pictures in the order of `diversity_orders`, bytes (n, 128, 128, 3).
        drawn: The drawings in that order.
        distance: How far apart they are.
        seeds: How many pictures there are of each prompt.
    """
    shares = [
        float(distance(generated[start : start + seeds]).mean() / distance(drawn[start : start + seeds]).mean())
        for start in range(0, len(generated), seeds)
    ]
    return sum(shares) / len(shares)


def diversities(judge: Classifier, generated: np.ndarray, drawn: Sequence[np.ndarray] | np.ndarray) -> dict[str, float]:
    """The diversity by the judge's features, and by pixels."""
    drawings = np.asarray(drawn)
    return {
        "features": round(diversity(generated, drawings, lambda pictures: feature_distances(judge, pictures)), 3),
        "pixels": round(diversity(generated, drawings, pixel_distances), 3),
    }
