"""Drawings made worse in the ways that generated pictures are, so that the judge reads those fairly.

Generated pictures are soft, a little off in colour, here and there in patches, and what they show is not placed quite
as the painter would place it.
"""

import torch
from torch import Tensor
from torch.nn import functional

BLURRED_SHARES = {3: 0.35, 5: 0.25}
"""How many of a batch are blurred by such a square of pixels."""
SHIFT = 0.06
"""Deviation of the shift of each colour channel of a picture, in units of -1..1."""
CONTRAST = 0.1
PATCHES = 0.06
"""Deviation of the noise that changes slowly over a picture, as wide as its cells."""
NOISE = 0.04
SPARED_SHARE = 0.3
"""How many pictures of a batch are only moved."""
MOVE, STEP = 4, 2
"""Pixels that a picture of 128 is moved by at most, each way, and at a time: the cells of pixel art are two wide."""


def worsened(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Pictures in -1..1, shape (n, 3, 128, 128): moved, blurred, with other contrast and colours, and with noise."""
    moved = _moved(pictures, generator)
    pictures = _blurred(moved, generator)
    count, _, height, width = pictures.shape
    shift = SHIFT * torch.randn(count, 3, 1, 1, generator=generator)
    contrast = 1 + CONTRAST * torch.randn(count, 1, 1, 1, generator=generator)
    patches = PATCHES * torch.rand(count, 1, 1, 1, generator=generator)
    cells = torch.randn(count, 3, height // 8, width // 8, generator=generator)
    slow = functional.interpolate(cells, size=(height, width), mode="bilinear")
    noise = NOISE * torch.rand(count, 1, 1, 1, generator=generator)
    fast = torch.randn(pictures.shape, generator=generator)
    made = contrast * pictures + shift + patches * slow + noise * fast
    spared = torch.rand(count, 1, 1, 1, generator=generator) < SPARED_SHARE
    return torch.where(spared, moved, made)


def _moved(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """All of a batch by the same few pixels; what comes in at the edges repeats them."""
    most = MOVE // STEP
    across, down = (STEP * torch.randint(-most, most + 1, (2,), generator=generator)).tolist()
    height, width = pictures.shape[2:]
    padded = functional.pad(pictures, (MOVE, MOVE, MOVE, MOVE), mode="replicate")
    return padded[:, :, MOVE + down : MOVE + down + height, MOVE + across : MOVE + across + width]


def _blurred(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Some of them, each by an amount of its own up to a mean of 3x3 or 5x5 pixels."""
    pictures = pictures.clone()
    order = torch.randperm(len(pictures), generator=generator)
    begin = 0
    for side, share in BLURRED_SHARES.items():
        rows = order[begin : begin + round(share * len(pictures))]
        begin += len(rows)
        sharp = pictures[rows]
        soft = functional.avg_pool2d(sharp, side, stride=1, padding=side // 2, count_include_pad=False)
        pictures[rows] = sharp.lerp(soft, torch.rand(len(rows), 1, 1, 1, generator=generator))
    return pictures
