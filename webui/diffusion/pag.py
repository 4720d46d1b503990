"""Perturbed attention (Ahn et al. 2024): a prediction without the structure that self-attention gives, to go away from.

The attention map of a layer's self-attention becomes the identity, so that each place sees itself alone: instead of
softmax(Q K^T / sqrt(d)) V there is V (section 4.1). For UNets the paper perturbs the middle block.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from diffusers.models.attention_processor import Attention

from webui.diffusion.attention_processors import other_processors
from webui.errors import InvalidRequest


class _IdentityFrom:
    """An attention processor that treats the rows from `first` on with the identity, and the others as usual."""

    def __init__(self, usual: Any, first: int) -> None:
        self._usual = usual
        self._first = first

    def __call__(self, attention: Any, hidden_states: torch.Tensor, *others: Any, **options: Any) -> torch.Tensor:
        """Hidden states (batch, places, channels) to the same shape."""
        unmixed = _unmixed(attention, hidden_states[self._first :])
        if not self._first:
            return unmixed
        return torch.cat([self._usual(attention, hidden_states[: self._first], *others, **options), unmixed])


def _unmixed(attention: Any, hidden_states: torch.Tensor) -> torch.Tensor:
    values = attention.to_v(hidden_states)
    for layer in attention.to_out:
        values = layer(values)
    if attention.residual_connection:
        values = values + hidden_states
    return values / attention.rescale_output_factor


@contextmanager
def identity_attention(block: torch.nn.Module | None, first: int) -> Iterator[None]:
    """While it is entered, the rows from `first` on pass the self-attention layers of a block unmixed.

    Each layer has its own processor back afterwards, whatever happens in between.

    Raises:
        InvalidRequest: the block has no such layer.
    """
    layers: list[Any] = [layer for layer in block.modules() if _is_self_attention(layer)] if block is not None else []
    if not layers:
        raise InvalidRequest(
            "pag_scale: this model has no self-attention in its middle block that could be perturbed.",
            hint="Set it to 0.",
            field="pag_scale",
        )
    with other_processors(layers, lambda usual: _IdentityFrom(usual, first)):
        yield


def _is_self_attention(layer: torch.nn.Module) -> bool:
    """Whether a layer is the self-attention of a transformer block; those on whole pictures normalise by themselves."""
    return isinstance(layer, Attention) and not layer.is_cross_attention and layer.group_norm is None
