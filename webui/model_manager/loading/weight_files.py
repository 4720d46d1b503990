"""The tensors of safetensors files as promises: read straight from the file into memory of their own. Torch.

Files are read, not mapped: a file that is changed or cut short while it is read gives an error in place of a crash, and
what was read does not count twice towards the memory in use.
"""

import json
import os
import re
import threading
from dataclasses import dataclass
from functools import cached_property
from math import prod
from pathlib import Path

import torch

from webui.errors import ModelUnusable
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader, read_header
from webui.model_manager.loading.promised_tensors import PromisedTensor

Promises = dict[str, PromisedTensor]
_LENGTH_BYTES = 8
_MOST_AT_ONCE = 2**30
_SCRATCH_BYTES = 2**22
_DTYPES = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2,
    "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8,
    "BOOL": torch.bool,
}  # fmt: skip
_PART_OF_MANY = re.compile(r"-\d{5}-of-\d{5}")


class _OpenFile:
    """A file that is opened when it is first read from, and closed when nothing refers to it any more."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def _file(self) -> int:
        return os.open(self.path, os.O_RDONLY)

    def read_into(self, space: memoryview, start: int) -> None:
        """Fill a space with what is in the file from `start` on. Threads may share the file."""
        done = 0
        while done < len(space):
            read = os.preadv(self._file, [space[done : done + _MOST_AT_ONCE]], start + done)
            if not read:
                raise OSError(f"{self.path.name} has become shorter while it was read")
            done += read

    def __del__(self) -> None:
        if "_file" in self.__dict__:
            os.close(self._file)


@dataclass(frozen=True, slots=True)
class _FileStretch:
    file: _OpenFile
    start: int
    shape: tuple[int, ...]
    dtype: torch.dtype

    def read(self) -> torch.Tensor:
        read = torch.empty(self.shape, dtype=self.dtype)
        self.file.read_into(_space(read), self.start)
        return read

    def read_into(self, place: torch.Tensor) -> None:
        if place.dtype == self.dtype and place.device.type == "cpu" and place.is_contiguous():
            self.file.read_into(_space(place), self.start)
            return
        rows, row = (self.shape[0], prod(self.shape[1:])) if self.shape else (1, 1)
        at_once = max(_SCRATCH_BYTES // max(row * self.dtype.itemsize, 1), 1)
        for first in range(0, rows, at_once):
            end = min(first + at_once, rows)
            part = _scratch((end - first) * row * self.dtype.itemsize)
            self.file.read_into(_space(part), self.start + first * row * self.dtype.itemsize)
            read = part.view(self.dtype).reshape(end - first, *self.shape[1:])
            (place[first:end] if self.shape else place).copy_(read if self.shape else read[0])

    def rows(self, start: int, end: int) -> "_FileStretch":
        row = prod(self.shape[1:]) * self.dtype.itemsize
        return _FileStretch(self.file, self.start + start * row, (end - start, *self.shape[1:]), self.dtype)


_threads = threading.local()


def _scratch(size: int) -> torch.Tensor:
    """Bytes of this thread that are used again and again; a row that is larger than usual gets some of its own."""
    if size > _SCRATCH_BYTES:
        return torch.empty(size, dtype=torch.uint8)
    if not hasattr(_threads, "scratch"):
        # Memory that the system never moves is copied to a GPU at the full speed of the bus.
        _threads.scratch = torch.empty(_SCRATCH_BYTES, dtype=torch.uint8, pin_memory=torch.cuda.is_available())
    return _threads.scratch[:size]


def _space(tensor: torch.Tensor) -> memoryview:
    """A contiguous tensor's memory as bytes."""
    return memoryview(tensor.reshape(-1).view(torch.uint8).numpy().data)


def promised(path: Path) -> Promises:
    """The tensors of a safetensors file by their names. Nothing but the header is read.

    Raises:
        ModelUnusable: the file is missing, truncated, of another kind, or has tensors of a dtype that is not known.
    """
    header = read_header(path)
    file = _OpenFile(path)
    begin = _LENGTH_BYTES + _header_length(path)
    promises: Promises = {}
    for name, (start, dtype, shape) in _places(path, header).items():
        stretch = _FileStretch(file, begin + start, shape, dtype)
        promises[name] = PromisedTensor.of(torch.empty(shape, dtype=dtype, device="meta"), stretch.read, stretch)
    return promises


def promised_folder(folder: Path) -> Promises:
    """The tensors of a part in diffusers' layout: of one file, or of those that an index names.

    Raises:
        ModelUnusable: there are none, one is missing or damaged.
    """
    promises: Promises = {}
    for file in weight_files(folder):
        promises |= promised(file)
    return promises


def weight_files(folder: Path) -> list[Path]:
    """The files that hold a part's weights. Of several variants the plain one is taken, else the first by name.

    Raises:
        ModelUnusable: there are none, or one that the index names is missing.
    """
    found = sorted(folder.glob("*.safetensors"))
    variants = {_variant(file): file for file in reversed(found)}
    if not variants:
        raise ModelUnusable(f"the weights of {folder.name} (a .safetensors file in {folder.name}/) are missing.")
    variant = "" if "" in variants else min(variants)
    index = next((file for file in sorted(folder.glob("*.safetensors.index*.json")) if _variant(file) == variant), None)
    if index is None:
        return [file for file in found if _variant(file) == variant]
    named = {str(name) for name in json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()}
    files = [folder / Path(name).name for name in sorted(named)]
    missing = next((file for file in files if not file.is_file()), None)
    if missing is not None:
        raise ModelUnusable(f"the file {folder.name}/{missing.name}, which {index.name} names, is missing.")
    return files


def _variant(file: Path) -> str:
    """The part of a file's name that tells variants apart: "fp16" of model.fp16-00001-of-00002.safetensors."""
    name = _PART_OF_MANY.sub("", file.name)
    kinds = [piece for piece in name.split(".")[1:] if piece not in ("safetensors", "index", "json")]
    return ".".join(kinds)


def _header_length(path: Path) -> int:
    with path.open("rb") as file:
        return int.from_bytes(file.read(_LENGTH_BYTES), "little")


def _places(path: Path, header: SafetensorsHeader) -> dict[str, tuple[int, torch.dtype, tuple[int, ...]]]:
    """Where each tensor begins behind the header, its dtype and its shape."""
    with path.open("rb") as file:
        told = json.loads(file.read(_LENGTH_BYTES + _header_length(path))[_LENGTH_BYTES:])
    places: dict[str, tuple[int, torch.dtype, tuple[int, ...]]] = {}
    for name, (dtype, shape) in header.tensors.items():
        known = _DTYPES.get(dtype)
        start, end = told[name]["data_offsets"]
        if known is None:
            raise ModelUnusable(f"{path.name} has numbers of the kind {dtype}, which this program does not read.")
        if end - start != prod(shape) * known.itemsize:
            raise ModelUnusable(f"{path.name} is damaged: the tensor {name} has {end - start:,} bytes.")
        places[name] = (start, known, shape)
    return places
