"""Who writes a walk down while it is walked."""

from typing import Protocol

import torch

from webui.diffusion.families.base import Latents
from webui.diffusion.passes import Turn
from webui.generation.trajectory import RecordedPass


class WalkRecorder(Protocol):
    """Is told everything that a recording needs, in the order of the walk; replayed calls too.

    Tensors are (batch, channels, h, w) on the walk's device and must be copied by whoever keeps them elsewhere.
    """

    wants_parts: bool
    """Whether the predictions with and without the prompt are recorded too."""

    def begin_pass(self, plan: RecordedPass, start: Latents) -> None:
        """A pass begins with these latents. A `turn` at call 0 follows."""
        ...

    def turn(self, turn: Turn) -> None:
        """From call `turn.call` of the pass on, which comes next, this holds."""
        ...

    def moved(
        self,
        prediction: torch.Tensor,
        momentum: torch.Tensor | None,
        parts: tuple[torch.Tensor, torch.Tensor] | None,
        movement: float,
    ) -> None:
        """The walk moved by `movement` (see `Step.movement`).

        `momentum` (float32) is that of adaptive projected guidance after the call: given at each call of a pass that
        uses it, and at no call of another. `parts` are the predictions with and without the prompt: None where they are
        not wanted, or where a replayed call has none.
        """
        ...


class Unrecorded:
    """Forgets everything."""

    wants_parts = False

    def begin_pass(self, plan: RecordedPass, start: Latents) -> None:
        """Nothing happens."""

    def turn(self, turn: Turn) -> None:
        """Nothing happens."""

    def moved(
        self,
        prediction: torch.Tensor,
        momentum: torch.Tensor | None,
        parts: tuple[torch.Tensor, torch.Tensor] | None,
        movement: float,
    ) -> None:
        """Nothing happens."""
