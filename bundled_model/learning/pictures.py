"""The change from pictures as bytes to tensors, and back."""

import numpy as np
import torch
from torch import Tensor


def to_tensor(pictures: np.ndarray) -> Tensor:
    """Bytes (n, h, w, 3) to values in -1..1, shape (n, 3, h, w)."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def to_bytes(pictures: Tensor) -> np.ndarray:
    """Values in -1..1, shape (n, 3, h, w), to bytes (n, h, w, 3)."""
    scaled = pictures.detach().float().cpu().clamp(-1, 1).add(1).mul(127.5).round()
    return scaled.byte().permute(0, 2, 3, 1).numpy()
