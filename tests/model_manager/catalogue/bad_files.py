"""The bad files of others' incidents: pickles that leave a marker when anybody loads them, and damaged headers."""

import io
import json
import os
import pickle
import pickletools
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any


class _Calls:
    """Pickled as a call, which loading makes."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self._call


def _write(marker: Path) -> str:
    return f"open({str(marker)!r}, 'w').close()"


def _payloads(marker: Path) -> Iterator[tuple[str, bytes]]:
    touch = f"touch {marker}"
    yield "system", pickle.dumps(_Calls(os.system, touch))
    yield "exec", pickle.dumps(_Calls(exec, _write(marker)))
    yield "eval", pickle.dumps(_Calls(eval, _write(marker)))
    for protocol in range(6):
        yield f"protocol {protocol}", pickle.dumps(_Calls(exec, _write(marker)), protocol)
    yield "in a dictionary", pickle.dumps({"state_dict": {"weight": _Calls(exec, _write(marker))}})
    yield "two in a row", pickle.dumps({"a": 1}) + pickle.dumps(_Calls(os.system, touch))
    yield "optimised", pickletools.optimize(pickle.dumps(_Calls(exec, _write(marker))))
    yield "by hand", b"cos\nsystem\n(S'" + touch.encode() + b"'\ntR."
    yield "stack global", b"\x80\x04\x8c\x08builtins\x8c\x04exec\x93\x8c" + _short(_write(marker)) + b"\x85R."
    yield "pip", b"cpip._internal\nmain\n(lp0\nS'--version'\np1\natR."
    yield "runpy", pickle.dumps(_Calls(exec, f"import runpy; {_write(marker)}"))
    yield "broken in the end", pickle.dumps(_Calls(exec, _write(marker)))[:-1] + b"\xff"


def _short(text: str) -> bytes:
    data = text.encode()
    return bytes([len(data)]) + data if len(data) < 256 else bytes([200]) + data[:200]


def _archives(marker: Path) -> Iterator[tuple[str, bytes]]:
    inner = pickle.dumps(_Calls(exec, _write(marker)))
    for name, member in (("zip", "archive/data.pkl"), ("zip with a path", "../../data.pkl"), ("bare zip", "data.pkl")):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr(member, inner)
            archive.writestr("archive/version", "3")
        yield name, held.getvalue()
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w") as archive:
        archive.writestr("archive/data.pkl", held.getvalue())
    yield "zip in a zip", nested.getvalue()
    yield "zip with a wrong sum", nested.getvalue().replace(b"data.pkl", b"dat\x00.pkl", 1)
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w") as archive:
        about = tarfile.TarInfo("pickle")
        about.size = len(inner)
        archive.addfile(about, io.BytesIO(inner))
    yield "tar", tarred.getvalue()
    yield "7z", b"7z\xbc\xaf\x27\x1c\x00\x04" + inner
    yield "header of safetensors, then a pickle", (2).to_bytes(8, "little") + b"{}" + inner


def pickles(marker: Path) -> dict[str, bytes]:
    """Contents by what is bad about them; each makes `marker` where it is loaded as a pickle."""
    return dict([*_payloads(marker), *_archives(marker)])


def _header(entries: object, data: bytes = b"") -> bytes:
    text = json.dumps(entries).encode()
    return len(text).to_bytes(8, "little") + text + data


def _tensor(dtype: Any = "F32", shape: Any = (1,), offsets: Any = (0, 4)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(shape) if isinstance(shape, tuple) else shape, "data_offsets": list(offsets)}


FOUR = bytes(4)
HEADERS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty file"),
    "one byte": (b"{", "not a safetensors file|message of a web site"),
    "a length without a header": ((100).to_bytes(8, "little"), "not a safetensors file"),
    "a length beyond the file": ((100).to_bytes(8, "little") + b"{}", "truncated"),
    "a length of an exabyte": ((2**60).to_bytes(8, "little") + b"{}", "header of .* bytes"),
    "all ones": (b"\xff" * 64, "not a safetensors file"),
    "nothing but zeros": (bytes(4096), "nothing but zeros"),
    "no JSON": ((4).to_bytes(8, "little") + b"{..}", "damaged header"),
    "JSON that ends early": ((9).to_bytes(8, "little") + b'{"a": {"d', "damaged header"),
    "nested a million deep": ((2**20).to_bytes(8, "little") + (b'{"a":' * (2**18))[: 2**20], "damaged header"),
    "a list": (_header([1]), "not a safetensors file"),
    "an unknown type": (_header({"a": _tensor("F33")}, FOUR), "type of 'a' is unknown"),
    "a type that is a list": (_header({"a": _tensor(["F32"])}, FOUR), "damaged header"),
    "a negative side": (_header({"a": _tensor(shape=(-1,))}, FOUR), "shape of 'a' cannot be"),
    "a side of a fraction": (_header({"a": _tensor(shape=(1.5,))}, FOUR), "shape of 'a' cannot be"),
    "an absurd shape": (_header({"a": _tensor(shape=(2**62, 2**62))}, FOUR), "does not fit its bytes"),
    "a shape that is text": (_header({"a": _tensor(shape="1")}, FOUR), "damaged header"),
    "more bytes than the shape": (_header({"a": _tensor(offsets=(0, 8))}, bytes(8)), "does not fit its bytes"),
    "offsets backwards": (_header({"a": _tensor(shape=(0,), offsets=(4, 0))}, FOUR), "does not fit its bytes"),
    "offsets before the beginning": (_header({"a": _tensor(offsets=(-4, 0))}, FOUR), "shape of 'a' cannot be"),
    "overlapping tensors": (
        _header({"a": _tensor(shape=(2,), offsets=(0, 8)), "b": _tensor(offsets=(4, 8))}, bytes(8)), "overlap"
    ),
    "a hole": (_header({"a": _tensor(), "b": _tensor(offsets=(8, 12))}, bytes(12)), "leave a hole"),
    "bytes after the end": (_header({"a": _tensor()}, bytes(9)), "damaged: it has"),
    "bytes missing": (_header({"a": _tensor()}, bytes(3)), "truncated: it has"),
    "a name with a zero": (_header({"a\0b": _tensor()}, FOUR), "no such name"),
    "metadata that are no text": (_header({"__metadata__": {"a": [1]}, "a": _tensor()}, FOUR), "metadata are not text"),
    "a hundred thousand tensors": (
        _header({str(i): {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for i in range(100_001)}),
        "at most 100,000",
    ),
    "sixty megabytes of metadata": (
        (60_000_000).to_bytes(8, "little") + b'{"__metadata__": {"a": "' + b"x" * 1000, "at most 16,777,216"
    ),
    "a web page": (b"<!DOCTYPE html><html><body>Log in</body></html>", "web page"),
    "a web site's message": (b'{"error": "Unauthorized"}', "message of a web site"),
    "an LFS pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS pointer"),
    "a zip": (b"PK\x03\x04" + bytes(60), "zip archive"),
    "a pickle": (pickle.dumps({"a": 1}), "pickle"),
    "a 7z archive": (b"7z\xbc\xaf\x27\x1c" + bytes(60), "7z archive"),
    "a gguf file": (b"GGUF" + struct.pack("<IQQ", 3, 0, 0), "GGUF file with a wrong ending"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(60), "picture"),
}  # fmt: skip
"""Contents of `x.safetensors`, and what is to be said of each."""
