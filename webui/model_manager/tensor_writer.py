"""Writes safetensors files tensor by tensor, so that no more than one of them is in memory. Torch."""

import json
from collections.abc import Iterable, Mapping
from typing import BinaryIO

import torch

Described = tuple[str, tuple[int, ...], torch.dtype]
"""A tensor's name, shape and dtype."""

_NAMES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.float8_e4m3fn: "F8_E4M3", torch.float8_e5m2: "F8_E5M2",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8",
    torch.bool: "BOOL",
}  # fmt: skip


class TensorWriter:
    """A safetensors file that is written in the order in which its tensors are told of.

    Args:
        file: where to write.
        tensors: all that will come.
        metadata: texts for the header.
    """

    def __init__(self, file: BinaryIO, tensors: Iterable[Described], metadata: Mapping[str, str]) -> None:
        self._file = file
        header: dict[str, object] = {"__metadata__": dict(metadata)}
        end = 0
        # The format wants no gaps, and larger numbers first so that each lies at a multiple of its size.
        self.order = sorted(tensors, key=lambda each: (-each[2].itemsize, each[0]))
        for name, shape, dtype in self.order:
            size = dtype.itemsize * torch.Size(shape).numel()
            header[name] = {"dtype": _NAMES[dtype], "shape": list(shape), "data_offsets": [end, end + size]}
            end += size
        self.size = end
        text = json.dumps(header, ensure_ascii=False).encode()
        text += b" " * (-len(text) % 8)
        file.write(len(text).to_bytes(8, "little") + text)

    def write(self, tensor: torch.Tensor) -> None:
        """The next tensor of `order`."""
        plain = tensor.detach().cpu().contiguous()
        if plain.numel():
            self._file.write(plain.reshape(-1).view(torch.uint8).numpy().data)


def write_tensors(file: BinaryIO, tensors: Iterable[tuple[str, torch.Tensor]], metadata: Mapping[str, str]) -> None:
    """Tensors that are in memory anyway."""
    named = dict(tensors)
    writer = TensorWriter(
        file,
        [(name, tuple(tensor.shape), tensor.dtype) for name, tensor in named.items() if tensor.dtype in _NAMES],
        metadata,
    )
    for name, _, _ in writer.order:
        writer.write(named[name])
