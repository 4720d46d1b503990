"""What tests want of a walk while it goes on, and how often it asks the network."""

from typing import Any

import pytest
import torch

from webui.engine.generate import Generator


class Wishes:
    """What the user wants after a number of steps."""

    def __init__(self, *, interrupt_after: int = 10**6, skip_after: int = 10**6) -> None:
        self.steps = 0
        self._interrupt_after = interrupt_after
        self._skip_after = skip_after

    @property
    def interrupted(self) -> bool:
        return self.steps >= self._interrupt_after

    def take_skip(self) -> bool:
        return self.steps == self._skip_after


class Calls:
    """How often the network was asked."""

    def __init__(self, generator: Generator, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        family = generator._manager.loaded.family  # type: ignore[union-attr]
        real = family.predict

        def predict(*args: Any, **options: Any) -> torch.Tensor:
            self.count += 1
            return real(*args, **options)

        patch.setattr(family, "predict", predict)

    def take(self) -> int:
        count, self.count = self.count, 0
        return count
