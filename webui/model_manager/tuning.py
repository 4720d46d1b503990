"""What is done to a model after it is loaded: weights in 8 bits, the best attention, compiling. Torch."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from webui.diffusion.chunked_attention import use_chunked_attention
from webui.errors import InvalidRequest
from webui.model_manager.precision import Precision
from webui.model_manager.quantisation import quantise
from webui.settings import Attention, ModelSettings

_COMPILED = "compiled"


def tune(
    parts: Mapping[str, Any], *, precision: Precision, device: torch.device, settings: ModelSettings, data_dir: Path
) -> list[str]:
    """Does to a model's parts what the settings ask for; returns what there is to tell of it, in sentences.

    Raises:
        InvalidRequest: a package that was chosen is not there.
    """
    network = parts.get("unet") or parts.get("transformer")
    notes: list[str] = []
    if network is not None and settings.quantisation != "off":
        notes.append(quantise(network, settings.quantisation))
    tune_attention(parts, precision=precision, device=device, wanted=settings.attention)
    if settings.compile and getattr(network, "_repeated_blocks", None):
        compile_blocks(network, data_dir / _COMPILED)
        notes.append("The network is compiled: its first step takes a minute or more, and a few seconds the next time.")
    return [note for note in notes if note]


def compile_blocks(network: Any, cache: Path) -> None:
    """Has the blocks that a network repeats compiled when each kind is first called; what is made is kept on disk.

    Args:
        network: one of diffusers' models that names its repeated blocks.
        cache: the folder for what the compiler makes.
    """
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(cache)
    network.compile_repeated_blocks()


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
