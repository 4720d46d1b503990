"""A part of a checkpoint in one file: its class, its names, and how its tensors come into diffusers' layout. Torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from webui.model_manager.loading.weight_files import Promises

Convert = Callable[[Promises, Any], Promises]
"""A part's tensors by the names they have in the file, without the part's prefix, and the module that wants them."""
Adapt = Callable[[Mapping[str, torch.Tensor]], dict[str, Any]]
"""What the shapes of a part's tensors say of its configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SinglePart:
    """A part of a checkpoint.

    Args:
        class_name: its class in diffusers or transformers.
        configuration: its file below `configurations`, without the ending.
        prefixes: what its tensors' names begin with in a checkpoint.
        convert: brings them into diffusers' layout.
        adapt: what the tensors' shapes change in the configuration.
        reads_both: whether `adapt` knows diffusers' names too, rather than only those of the authors.
        called: what it is for people, and what its file is called, where a checkpoint does not hold it.
        known_by: a tensor that a file with this part alone has, and its shape (-1: any); None: there are no such files.
        alone: what its tensors' names may begin with in a file of its own.
    """

    class_name: str
    configuration: str
    prefixes: tuple[str, ...]
    convert: Convert
    adapt: Adapt = lambda tensors: {}
    reads_both: bool = False
    called: str = ""
    known_by: Mapping[str, tuple[int, ...]] | None = None
    alone: tuple[str, ...] = ()


def as_it_is(promises: Promises, module: Any) -> Promises:
    """The tensors of a part whose authors have diffusers' or transformers' names."""
    return promises


def count_of(tensors: Mapping[str, Any], blocks: str) -> int:
    """How many blocks are numbered below a name."""
    return len({name.split(".")[1] for name in tensors if name.startswith(f"{blocks}.")})
