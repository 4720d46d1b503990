"""How much memory a device has for a model. Torch."""

import torch

from webui.model_manager.memory.memory_policy import DeviceMemory
from webui.model_manager.memory.model_cache import available_memory


def device_memory(device: torch.device, *, held: int, reserve: int) -> DeviceMemory:
    """What a model may take of a device.

    Args:
        device: where it computes.
        held: how many bytes of its own weights are there already.
        reserve: bytes that are left to other programs; of a CPU's memory a part is left anyway.
    """
    if device.type != "cuda":
        return DeviceMemory(kind=device.type, free=available_memory() + held)
    free, _ = torch.cuda.mem_get_info(device)
    unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return DeviceMemory(kind="cuda", free=max(free + unused + held - reserve, 0))
