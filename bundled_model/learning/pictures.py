"""Drawn pictures as training data: numbered scenes, pools in memory, and the change from bytes to tensors."""

import random

import numpy as np
import torch
from torch import Tensor

from bundled_model.drawing.canvas import SIZE
from bundled_model.drawing.painter import paint
from bundled_model.scenes.scene import Scene, sample_scene


def numbered_scene(seed: int, index: int, *, held_out: bool = False) -> tuple[Scene, int]:
    """Scene number `index` of a series, and the seed to paint it with."""
    rng = random.Random(f"{seed}/{index}/{held_out}")
    return sample_scene(rng, held_out=held_out), rng.randrange(1 << 30)


def to_tensor(pictures: np.ndarray) -> Tensor:
    """Bytes (n, h, w, 3) to values in -1..1, shape (n, 3, h, w)."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def to_bytes(pictures: Tensor) -> np.ndarray:
    """Values in -1..1, shape (n, 3, h, w), to bytes (n, h, w, 3)."""
    scaled = pictures.detach().float().cpu().clamp(-1, 1).add(1).mul(127.5).round()
    return scaled.byte().permute(0, 2, 3, 1).numpy()


class PicturePool:
    """A number of pictures drawn once and kept in memory, to take random crops from."""

    def __init__(self, count: int, seed: int) -> None:
        """Draw `count` pictures of trained scenes."""
        self._pictures = np.stack([paint(*numbered_scene(seed, index)) for index in range(count)])

    def crops(self, batch: int, side: int, generator: torch.Generator) -> Tensor:
        """Random squares, half of them mirrored: values in -1..1, shape (batch, 3, side, side)."""
        which = torch.randint(len(self._pictures), (batch,), generator=generator).tolist()
        corners = torch.randint(SIZE - side + 1, (batch, 2), generator=generator).tolist()
        flips = torch.rand(batch, generator=generator).lt(0.5).tolist()
        squares = []
        for index, (top, left), flip in zip(which, corners, flips, strict=True):
            square = self._pictures[index, top : top + side, left : left + side]
            squares.append(square[:, ::-1] if flip else square)
        return to_tensor(np.stack(squares))
