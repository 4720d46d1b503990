"""Weights in 8 bits, which take half the memory of 16: an option, by torchao, with what it costs measured. Torch."""

import math
from typing import Any

import torch

from webui.errors import InvalidRequest
from webui.settings import Quantisation

_SMALLEST = 4096
"""Matrices with fewer numbers stay as they are: nothing is gained by them."""


def quantise(network: torch.nn.Module, kind: Quantisation) -> str:
    """Rounds the weights of a network's linear layers to 8 bits, in place; they are computed with as before.

    "int8": whole numbers with a scale for each output (0.4 % off for weights of a bell's shape); "fp8": e4m3 numbers
    with a scale for each matrix (2.5 % off), whose error is the same share of every weight.

    Returns:
        What it costs, in a sentence: the signal-to-noise ratio of the weights.

    Raises:
        InvalidRequest: torchao is not installed.
    """
    try:
        from torchao.quantization import (  # pyright: ignore[reportMissingImports]
            Float8WeightOnlyConfig,
            Int8WeightOnlyConfig,
            PerRow,
            quantize_,
        )
    except ImportError as error:
        raise InvalidRequest(
            "Weights in 8 bits are chosen in the settings, but the package torchao is not installed.",
            hint="Install it with: pip install 'darkroom[quantization]', or choose 'off'.",
            field="quantisation",
        ) from error
    config: Any = Int8WeightOnlyConfig(granularity=PerRow()) if kind == "int8" else Float8WeightOnlyConfig()
    signal = noise = 0.0
    for module in network.modules():
        # One layer after the other: at no time is a second copy of all weights there.
        for layer in module.children():
            if not isinstance(layer, torch.nn.Linear) or layer.weight.numel() < _SMALLEST:
                continue
            before = layer.weight.detach()
            quantize_(layer, config)
            weight: Any = layer.weight
            layer.weight = torch.nn.Parameter(weight.detach(), requires_grad=False)
            lost = (weight.detach().dequantize() - before).float()
            signal += float(before.float().square().sum())
            noise += float(lost.square().sum())
    if not noise:
        return ""
    return (
        f"The weights are rounded to 8 bits ({kind}): their signal is {10 * math.log10(signal / noise):.0f} dB "
        "above the rounding."
    )
