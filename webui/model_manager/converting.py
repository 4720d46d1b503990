"""Pickled weights (.ckpt, .pt, .bin) to safetensors, in a process that may do nothing else. Torch.

`torch.load(weights_only=True)` builds tensors and plain containers and calls nothing that a file names. As pickles have
got past such walls before (CVE-2025-32434), the process is also closed in before it reads the file: it cannot open
files, start processes, reach the network where the system allows to forbid it, or use more memory, time or disk than
such a file may need.
"""

import ctypes
import io
import pickle
import resource
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import torch
from safetensors.torch import save

from webui.errors import ModelUnusable
from webui.model_manager.tensor_writer import write_tensors

_MARGIN_BYTES = 2 * 1024**3
_SECONDS_PER_GB = 60
_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000
_WRAPPERS = ("state_dict", "model", "params_ema", "params", "model_state_dict", "module", "generator")
"""What trainers put a network's tensors under; the first that holds tensors is taken."""
_MOST_DEPTH = 4


def convert_file(source: Path, target: Path, *, tell: Callable[[float, str], None]) -> None:
    """Writes the tensors of a pickled file.

    Raises:
        ModelUnusable: it holds something else than tensors, is damaged, or asks for too much.
        OSError: it cannot be read, or the target not be written.
    """
    tell(0.0, "reading")
    _warm_up()
    with source.open("rb") as file, target.open("wb") as written:
        size = source.stat().st_size
        _close_in(size)
        tensors = read_pickled(file, source.name)
        check_size(tensors, size, source.name)
        tell(0.5, "writing")
        write_tensors(written, _plain(tensors), {"format": "pt", "converted_from": source.name[:200]})
    tell(1.0, "")


def read_pickled(file: BinaryIO, name: str) -> dict[str, torch.Tensor]:
    """The tensors of a pickled file by their names, on the CPU.

    Raises:
        ModelUnusable: it holds something else than tensors, none at all, or is damaged.
    """
    return _tensors(_loaded(file, name), name)


def check_size(tensors: dict[str, torch.Tensor], size: int, name: str) -> None:
    """Refuses numbers that a file of `size` bytes repeats by the million: written out they would fill the disk.

    Raises:
        ModelUnusable: there are so many.
    """
    written = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    if written > _most_written(size):
        raise ModelUnusable(f"{name} has {size:,} bytes, and its tensors would have {written:,}.")


def _most_written(size: int) -> int:
    return 2 * size + 64 * 1024**2


def _loaded(file: BinaryIO, name: str) -> Any:
    try:
        with warnings.catch_warnings(), torch.serialization.safe_globals(_known_names()):
            warnings.simplefilter("ignore")
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ModelUnusable(
            f"{name} holds more than weights, so it is not converted: {_named(error)}",
            hint="It may be harmless or not; look for a .safetensors file of the same model.",
        ) from error
    except MemoryError:
        raise ModelUnusable(f"{name} asks for more memory than weights of its size need.") from None
    except Exception as error:
        # Whatever a damaged or hostile file makes of its reader, it is the file's fault.
        reason = str(error).strip().partition(". ")[0][:200] or type(error).__name__
        raise ModelUnusable(f"{name} cannot be read: {reason}.", hint="Download it again.") from error


def _named(error: Exception) -> str:
    """What the file wanted, as torch names it, in a few words."""
    text = str(error)
    marked = text.partition("GLOBAL ")[2].split()
    return f"it names {marked[0][:100]}." if marked else "it is no plain pickle of tensors."


class _Named:
    """Stands for a class of a trainer that checkpoints name as a key of their notes; it does nothing."""


def _known_names() -> list[Any]:
    callbacks = ("pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",)
    return [(_Named, name) for name in callbacks]


def _tensors(loaded: Any, name: str) -> dict[str, torch.Tensor]:
    found = dict(_embedding(loaded) or _named_tensors(loaded, _MOST_DEPTH))
    if not found:
        raise ModelUnusable(f"{name} holds no tensors.", hint="It is no model, or of a kind that is not known.")
    return found


def _embedding(loaded: Any) -> dict[str, torch.Tensor]:
    """A1111's textual inversions: {"string_to_param": {"*": vectors}}."""
    params = loaded.get("string_to_param") if isinstance(loaded, dict) else None
    if not isinstance(params, dict):
        return {}
    vectors = [each for each in params.values() if isinstance(each, torch.Tensor)]
    return {"emb_params": vectors[0].detach()} if vectors else {}


def _named_tensors(loaded: Any, depth: int) -> dict[str, torch.Tensor]:
    """The tensors of a dictionary by their names, or of the one inside it that holds a network."""
    if not isinstance(loaded, dict) or not depth:
        return {}
    for wrapper in _WRAPPERS:
        inside = _named_tensors(loaded.get(wrapper), depth - 1)
        if inside:
            return inside
    return {str(key): each.detach() for key, each in loaded.items() if isinstance(each, torch.Tensor)}


def _plain(tensors: dict[str, torch.Tensor]) -> Iterator[tuple[str, torch.Tensor]]:
    for name, tensor in tensors.items():
        if tensor.layout == torch.strided and not tensor.is_meta and not tensor.is_quantized:
            yield name, tensor


def _warm_up() -> None:
    """Loads all modules that reading and writing take: later none can be opened."""
    torch.set_num_threads(1)
    for zipped in (True, False):
        kept = io.BytesIO()
        torch.save(
            {"state_dict": {"a": torch.ones(2, dtype=torch.float16)}}, kept, _use_new_zipfile_serialization=zipped
        )
        kept.seek(0)
        with torch.serialization.safe_globals(_known_names()):
            torch.load(kept, map_location="cpu", weights_only=True)
        with suppress(Exception):
            torch.load(io.BytesIO(b"nothing"), map_location="cpu", weights_only=True)
    save({"a": torch.ones(2, dtype=torch.bfloat16)})


def _close_in(size: int) -> None:
    """From here on: no new files, no processes, no network, and memory, time and disk for a file of so many bytes."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    seconds = int(resource.getrusage(resource.RUSAGE_SELF).ru_utime) + 60 + size * _SECONDS_PER_GB // 1024**3
    limits = {
        resource.RLIMIT_AS: _address_space() + 3 * size + _MARGIN_BYTES,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: _most_written(size) + 16 * 1024**2,
        resource.RLIMIT_NOFILE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
    }
    for kind, limit in limits.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit, limit))


def _address_space() -> int:
    """The bytes of address space that are in use."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (OSError, ValueError):
        return 16 * 1024**3
    return pages * resource.getpagesize()
