"""Puts other processors into attention layers for a while."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any


@contextmanager
def other_processors(layers: Iterable[Any], make: Callable[[Any], Any]) -> Iterator[None]:
    """While it is entered, each layer has the processor that `make` makes of its own.

    Each has its own back afterwards, whatever happens.

    Args:
        layers: diffusers' attention layers, which have `get_processor` and `set_processor`.
        make: a layer's own processor -> the other one.
    """
    with ExitStack() as restoring:
        for layer in layers:
            usual = layer.get_processor()
            restoring.callback(layer.set_processor, usual)
            layer.set_processor(make(usual))
        yield
