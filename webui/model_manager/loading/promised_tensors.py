"""Tensors of a file that are read only when their place is filled, whatever is done to them before. Torch.

diffusers turns checkpoints of other programs into its own layout with functions that cut, join and turn tensors. Given
promises in place of tensors, they make new promises in microseconds and read nothing; each is then kept by itself,
straight into the module that wants it, so that a checkpoint never is in memory twice. A promise is a tensor on `meta`:
its shape and dtype are known, its numbers are not.
"""

from collections.abc import Callable
from typing import Any, Protocol, Self

import torch
from torch.utils._pytree import tree_map


class Stretch(Protocol):
    """Numbers of a file that follow each other: a tensor, or some of its rows."""

    def read(self) -> torch.Tensor:
        """The numbers, in memory of their own."""
        ...

    def read_into(self, place: torch.Tensor) -> None:
        """The numbers into a tensor of their shape, in its dtype and layout and on its device, some rows at a time."""
        ...

    def rows(self, start: int, end: int) -> "Stretch":
        """Those of the first axis from `start` to `end`."""
        ...


class PromisedTensor(torch.Tensor):
    """A tensor on `meta` that can be read.

    `stretch` is where it lies in a file, for what is still as it lies there; anything else is made by `_make`.
    """

    stretch: Stretch | None
    _make: Callable[[], torch.Tensor]

    @classmethod
    def of(cls, empty: torch.Tensor, make: Callable[[], torch.Tensor], stretch: Stretch | None = None) -> Self:
        """A promise of the shape and dtype of `empty`, a tensor on `meta`."""
        promise = torch.Tensor._make_subclass(cls, empty)
        promise._make = make
        promise.stretch = stretch
        return promise

    def read(self) -> torch.Tensor:
        """The tensor itself, on the CPU; each call reads it again.

        Raises:
            OSError: the file cannot be read, or has become shorter.
        """
        return self._make()

    def read_as(self, device: torch.device, dtype: torch.dtype, memory_format: torch.memory_format) -> torch.Tensor:
        """The tensor on a device, in a dtype (which whole numbers keep) and a layout.

        What is still as it lies in a file is converted while it is read, without a second copy of it.

        Raises:
            OSError: the file cannot be read, or has become shorter.
        """
        wanted = dtype if self.is_floating_point() else self.dtype
        if self.stretch is None:
            return self.read().to(device, wanted, memory_format=memory_format)
        laid_out = torch.contiguous_format if memory_format is torch.preserve_format else memory_format
        place = torch.empty(self.shape, dtype=wanted, device=device, memory_format=laid_out)
        self.stretch.read_into(place)
        return place

    @classmethod
    def __torch_function__(
        cls, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        given = kwargs or {}
        if func in _SAME or (func is torch.cat and len(args) == 1 and len(args[0]) == 1):
            return args[0] if func in _SAME else args[0][0]
        with torch._C.DisableTorchFunctionSubclass():
            made = func(*tree_map(_empty, args), **tree_map(_empty, given))
        if isinstance(made, torch.Tensor):
            rows = _rows(func, args, given, [made])
            return rows[0] if rows else cls.of(made, lambda: _done(func, args, given))
        if isinstance(made, tuple | list) and made and all(isinstance(each, torch.Tensor) for each in made):
            rows = _rows(func, args, given, list(made))
            return rows or [
                cls.of(each, lambda number=number: _done(func, args, given)[number].clone())
                for number, each in enumerate(made)
            ]
        return made


def _done(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return func(*tree_map(_read, args), **tree_map(_read, kwargs))


def _read(value: Any) -> Any:
    return value.read() if isinstance(value, PromisedTensor) else value


def _empty(value: Any) -> Any:
    return value.as_subclass(torch.Tensor) if isinstance(value, PromisedTensor) else value


_SAME = {torch.Tensor.clone, torch.clone, torch.Tensor.detach, torch.Tensor.contiguous}
"""What changes nothing of a tensor that is read anew for its place."""
_CUTS = {torch.Tensor.chunk, torch.chunk, torch.Tensor.split, torch.split, torch.Tensor.__getitem__}


def _rows(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], made: list[torch.Tensor]) -> list[PromisedTensor]:
    """The parts of a tensor that was cut along its first axis, each of which can be read without the others."""
    whole = args[0] if args else None
    if func not in _CUTS or not isinstance(whole, PromisedTensor) or whole.stretch is None or not whole.dim():
        return []
    start = 0
    if func is torch.Tensor.__getitem__:
        cut = args[1]
        if not isinstance(cut, slice) or cut.step not in (None, 1):
            return []
        start = cut.indices(whole.shape[0])[0]
    elif (kwargs.get("dim", args[2] if len(args) > 2 else 0)) not in (0, -whole.dim()):
        return []
    rows: list[PromisedTensor] = []
    for each in made:
        stretch = whole.stretch.rows(start, start + each.shape[0])
        rows.append(PromisedTensor.of(torch.empty_like(each, device="meta"), stretch.read, stretch))
        start += each.shape[0]
    return rows
