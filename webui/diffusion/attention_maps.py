"""Where a network looks for each token of a prompt: its cross-attention, averaged over heads and layers.

Source: Tang et al. 2022, 'What the DAAM: Interpreting Stable Diffusion Using Cross Attention', section 3.2: the
attention probabilities of every cross-attention layer are scaled to one size and added up. Here they are averaged, so
that at each place the shares of all tokens still add up to 1.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from diffusers.models.attention_processor import Attention
from torch.nn import functional

from webui.diffusion.attention_processors import other_processors
from webui.errors import ViewUnavailable


class AttentionMaps:
    """Collects the maps of one prediction.

    Args:
        height: of the latents.
        width: of the latents.
    """

    def __init__(self, height: int, width: int) -> None:
        self._size = (height, width)
        self._sum: torch.Tensor | None = None
        self._layers = 0
        self.each: list[torch.Tensor] = []
        """For each layer (places, tokens): the probabilities before they are resized, averaged over heads."""

    def add(self, probabilities: torch.Tensor) -> None:
        """Take in a layer's probabilities (rows and heads, places, tokens), float32."""
        mean = probabilities.mean(0)
        layer = _layer_size(mean.shape[0], *self._size)
        if layer is None:
            return
        self.each.append(mean)
        maps = mean.T.reshape(1, -1, *layer)
        resized = functional.interpolate(maps, self._size, mode="bilinear", align_corners=False)[0]
        self._sum = resized if self._sum is None else self._sum + resized
        self._layers += 1

    def mean(self) -> torch.Tensor:
        """The share of each token at each place, (tokens, height, width), float32 on the CPU; they add up to 1.

        Raises:
            ViewUnavailable: the network had no cross-attention.
        """
        if self._sum is None:
            raise ViewUnavailable("This model has no cross-attention, so it cannot show where it looks for a word.")
        return (self._sum / self._layers).cpu()


class _Recording:
    """A processor that writes down the probabilities of its layer, and then does what the usual one does."""

    def __init__(self, usual: Any, maps: AttentionMaps) -> None:
        self._usual = usual
        self._maps = maps

    def __call__(
        self,
        attention: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        *others: Any,
        **options: Any,
    ) -> torch.Tensor:
        """Hidden states (batch, places, channels) to the same shape, exactly as without recording."""
        if encoder_hidden_states is not None:
            self._maps.add(_probabilities(attention, hidden_states, encoder_hidden_states))
        return self._usual(attention, hidden_states, encoder_hidden_states, attention_mask, *others, **options)


def _probabilities(attention: Any, hidden_states: torch.Tensor, encoder_states: torch.Tensor) -> torch.Tensor:
    """softmax(Q K^T / sqrt(d)), (batch and heads, places, tokens) in float32."""
    if attention.norm_cross:
        encoder_states = attention.norm_encoder_hidden_states(encoder_states)
    query = attention.head_to_batch_dim(attention.to_q(hidden_states)).float()
    key = attention.head_to_batch_dim(attention.to_k(encoder_states)).float()
    return torch.softmax(query @ key.transpose(-1, -2) * attention.scale, dim=-1)


@contextmanager
def recorded_attention(network: torch.nn.Module, maps: AttentionMaps) -> Iterator[None]:
    """While it is entered, the cross-attention layers of a network write their probabilities into `maps`.

    What the network says is bit for bit the same. Each layer has its own processor back afterwards, whatever happens.
    """
    layers: list[Any] = [layer for layer in network.modules() if _is_cross_attention(layer)]
    with other_processors(layers, lambda usual: _Recording(usual, maps)):
        yield


def _is_cross_attention(layer: torch.nn.Module) -> bool:
    return isinstance(layer, Attention) and bool(layer.is_cross_attention)


def _layer_size(places: int, height: int, width: int) -> tuple[int, int] | None:
    """The (height, width) of a layer with so many places: that of the latents, halved so often, rounded up."""
    while True:
        if height * width == places:
            return height, width
        if height * width < places or height == width == 1:
            return None
        height, width = -(-height // 2), -(-width // 2)
