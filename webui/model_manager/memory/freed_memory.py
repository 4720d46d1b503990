"""What becomes of memory that was freed: kept for the next layer while a model computes, given back otherwise. Torch.

The C library of Linux maps every large block anew and gives it back when it is freed. For weights that is right. For
what a network computes it means that the system fills every block with zeros, page by page, over and over: a twentieth
of the time of a step, and more of decoding.
"""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import torch

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Of `mallopt` in glibc's malloc.h."""
_WHILE_COMPUTING, _WHILE_LOADING = 2**30, 2**20


def give_back() -> None:
    """After weights were let go or read: what is free in this process is the system's again. Takes milliseconds."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    give_back_after_computing()


def give_back_after_computing() -> None:
    """The same for what a network computed, which is freed at once and needs no looking for."""
    _tell_malloc(lambda library: library.malloc_trim(0))


@contextmanager
def computing() -> Iterator[None]:
    """While it is entered, memory that is freed stays with this process for what comes next; then it is given back."""
    _set_thresholds(_WHILE_COMPUTING)
    try:
        yield
    finally:
        _set_thresholds(_WHILE_LOADING)
        give_back_after_computing()


def _set_thresholds(size: int) -> None:
    """From which size on blocks are mapped by themselves, and how much may stay free at the end of the heap."""
    _tell_malloc(lambda library: (library.mallopt(_MMAP_THRESHOLD, size), library.mallopt(_TRIM_THRESHOLD, size)))


def _tell_malloc(order: Any) -> None:
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # a C library without it, such as musl
            order(ctypes.CDLL(None))
