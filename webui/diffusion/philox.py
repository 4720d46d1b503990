"""Philox on the CPU: the noise that a CUDA card's generator gives for a seed.

Sources: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3" (Philox4x32-10), and the order in which
PyTorch's CUDA kernels take its numbers: element i of a tensor is drawn by counter (0, 0, i, 0) under the seed as key,
and the first two of the four words become one normal number by Box & Muller 1958.
"""

import numpy as np
import torch

_ROUNDS = 10
_MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
_WEYL = (0x9E3779B9, 0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


def philox4x32(counter: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """Ten rounds of Philox: counters (4, n) uint32 under a key of two words to random words (4, n) uint32."""
    words = [word.astype(np.uint64) for word in counter]
    for turn in range(_ROUNDS):
        keys = [np.uint64((word + turn * weyl) & 0xFFFFFFFF) for word, weyl in zip(key, _WEYL, strict=True)]
        first, second = words[0] * np.uint64(_MULTIPLIERS[0]), words[2] * np.uint64(_MULTIPLIERS[1])
        words = [
            (second >> _SHIFT) ^ words[1] ^ keys[0],
            second & _LOW,
            (first >> _SHIFT) ^ words[3] ^ keys[1],
            first & _LOW,
        ]
    return np.stack(words).astype(np.uint32)


def philox_noise(seed: int, shape: tuple[int, ...], *, draw: int = 0) -> torch.Tensor:
    """Standard normal noise of `shape`, float32 on the CPU, as `torch.randn` gives on a CUDA card after `seed`.

    Args:
        seed: the generator's seed, of which the lower 64 bits count.
        shape: of the tensor.
        draw: how many tensors were drawn from the generator before.
    """
    count = int(np.prod(shape))
    counter = np.zeros((4, count), dtype=np.uint32)
    counter[0] = draw
    counter[2] = np.arange(count, dtype=np.uint32)
    words = philox4x32(counter, (seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF))
    return torch.from_numpy(_normal(words[0], words[1]).reshape(shape))


def _normal(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """One normal number of two random words each, float32; words are read as the middle of their 2**-32 wide step."""
    share, turn = ((word.astype(np.float64) + 0.5) * 2.0**-32 for word in (first, second))
    return (np.sqrt(-2.0 * np.log(share)) * np.sin(2.0 * np.pi * turn)).astype(np.float32)
