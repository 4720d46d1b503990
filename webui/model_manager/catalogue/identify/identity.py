"""What an expert says of a file that it knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader

Shapes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a file is. `side` is the side in pixels that a checkpoint was made for; the rest is as in `ModelEntry`.

    `problem` is the end of a sentence that says why the program cannot use such a file.
    """

    kind: str
    architecture: str | None = None
    base: str = ""
    prediction: str | None = None
    inpainting: bool = False
    side: int = 512
    form: str = ""
    parts: tuple[str, ...] = ()
    latent_channels: int = 0
    problem: str | None = None


Expert = Callable[[SafetensorsHeader], Identity | None]


def shapes_of(header: SafetensorsHeader) -> dict[str, tuple[int, ...]]:
    """The tensors' shapes by name."""
    return {name: shape for name, (_, shape) in header.tensors.items()}


def without_prefix(shapes: Shapes, prefix: str) -> dict[str, tuple[int, ...]]:
    """The tensors below a prefix, by the rest of their names."""
    return {name[len(prefix) :]: shape for name, shape in shapes.items() if name.startswith(prefix)}


def columns(shapes: Shapes, name: str) -> int:
    """The second dimension of a tensor (what a linear layer or convolution reads); 0 where there is none."""
    shape = shapes.get(name, ())
    return shape[1] if len(shape) > 1 else 0


def rows(shapes: Shapes, name: str) -> int:
    """The first dimension of a tensor (what a layer writes); 0 where there is none."""
    shape = shapes.get(name, ())
    return shape[0] if shape else 0
