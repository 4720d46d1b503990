"""What makes a loaded model quicker without loading it differently: its attention, and compiling. Torch."""

from collections.abc import Mapping
from typing import Any

import torch

from webui.diffusion.chunked_attention import use_chunked_attention
from webui.errors import InvalidRequest
from webui.model_manager.precision import Precision
from webui.settings import Attention


def tune_attention(
    parts: Mapping[str, Any], *, precision: Precision, device: torch.device, wanted: Attention = "auto"
) -> None:
    """Gives the network and the autoencoder the attention that is best here, or that the user chose.

    "auto" is xformers on a GPU where it is installed, attention in chunks where that was measured to be quicker, and
    PyTorch's own (SDPA, which takes the best of its kernels) anywhere else; "sdpa" is PyTorch's own everywhere.

    Raises:
        InvalidRequest: xformers was chosen and is not there.
    """
    if wanted == "sdpa":
        return
    network = parts.get("unet") or parts.get("transformer")
    if device.type == "cuda":
        _use_xformers(network, needed=wanted == "xformers")
    elif precision.chunked_attention:
        vae = parts.get("vae")
        inside = (network, getattr(vae, "encoder", None), getattr(vae, "decoder", None))
        use_chunked_attention(module for module in inside if isinstance(module, torch.nn.Module))


def _use_xformers(network: Any, *, needed: bool) -> None:
    """Memory-efficient attention, if the optional package is there; UNets alone take it."""
    try:
        import xformers  # noqa: F401  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        if needed:
            raise InvalidRequest(
                "The attention 'xformers' is chosen in the settings, but the package is not installed.",
                hint="Install it with: pip install 'darkroom[xformers]', or choose 'auto'.",
                field="attention",
            ) from error
        return
    if hasattr(network, "enable_xformers_memory_efficient_attention"):
        network.enable_xformers_memory_efficient_attention()
