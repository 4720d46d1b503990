"""A LoRA's change of some rows of a tensor, added to them for good. Torch."""

from dataclasses import dataclass

import torch

from webui.model_manager.lora.forms import Form, Shift


@dataclass(frozen=True, slots=True)
class Place:
    """Rows `start` to `end` of the tensor `name`."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Baked:
    """A change of some rows of a tensor, and how much of it."""

    place: Place
    form: Form
    weight: float

    def onto(self, tensor: torch.Tensor) -> None:
        """Adds it to a tensor (float32), in place."""
        rows = tensor[self.place.start : self.place.end]
        made = self.form.by.float().reshape(rows.shape) if isinstance(self.form, Shift) else self.form.delta(rows)
        rows += self.weight * made
