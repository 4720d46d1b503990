"""Whether an error means that memory ran out, and giving back what can be given back. Torch only if it is there."""

import gc
import sys
from contextlib import suppress

_SENTENCES = ("not enough memory", "can't allocate memory", "cannot allocate memory", "out of memory")
"""What torch's allocators for the CPU, and drivers of devices, say in errors of no kind of their own."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out: the system's, or a device's."""
    torch = sys.modules.get("torch")
    kinds = (MemoryError, torch.OutOfMemoryError) if torch is not None else (MemoryError,)
    if isinstance(error, kinds):
        return True
    told = str(error).casefold()
    return isinstance(error, RuntimeError | OSError) and any(sentence in told for sentence in _SENTENCES)


def free_memory() -> None:
    """Give back what nobody refers to any more, the device's memory too."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is None:
        return
    if torch.cuda.is_available():
        with suppress(RuntimeError):  # a device that has failed frees nothing
            torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
