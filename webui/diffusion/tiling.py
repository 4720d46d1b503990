"""Seamless textures: convolutions that go on at the opposite edge, set for a while and undone exactly."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def circular_padding(*networks: nn.Module) -> Iterator[None]:
    """While it is entered, every padded 2-D convolution of the networks pads with what is at the opposite edge.

    What is left of a network, attention and normalisation, does not know where a pixel is, so that a shifted picture
    gives the shifted result and its edges fit each other. (The one exception is the encoder of these autoencoders,
    which adds a row and a column of zeros before it halves a picture; it is not part of the walk.)
    """
    layers = [
        layer
        for network in networks
        for layer in network.modules()
        if isinstance(layer, nn.Conv2d) and layer.padding_mode == "zeros" and any(layer.padding)
    ]
    try:
        for layer in layers:
            layer.padding_mode = "circular"
        yield
    finally:
        for layer in layers:
            layer.padding_mode = "zeros"
