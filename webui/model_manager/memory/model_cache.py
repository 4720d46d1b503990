"""Models that were used before and stay in the CPU's memory, as far as a budget and the memory itself allow. Torch."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import psutil

from webui.model_manager.memory.freed_memory import give_back

Model = TypeVar("Model")
_LEFT_FREE = 0.08
"""The part of the computer's memory that is left to other programs."""


def available_memory() -> int:
    """How many bytes programs can still take before the system swaps."""
    memory = psutil.virtual_memory()
    return max(memory.available - int(memory.total * _LEFT_FREE), 0)


class ModelCache(Generic[Model]):
    """Models by what they were loaded from, the one that was used last at the end.

    Args:
        available: how many bytes of memory are free.
    """

    def __init__(self, available: Callable[[], int] = available_memory) -> None:
        self._available = available
        self._models: OrderedDict[Hashable, tuple[Model, int]] = OrderedDict()

    @property
    def size(self) -> int:
        """The bytes of all of them."""
        return sum(size for _, size in self._models.values())

    def take(self, key: Hashable) -> Model | None:
        """A model, which then is the caller's."""
        return self._models.pop(key, (None, 0))[0]

    def keep(self, key: Hashable, model: Model, size: int, *, budget: int | None) -> None:
        """Keep a model of so many bytes; of all, the ones that were used last, up to the budget.

        Args:
            key: what it was loaded from.
            model: the model, in the CPU's memory.
            size: of its weights.
            budget: bytes; None is half of what would be free without these models.
        """
        self._models[key] = (model, size)
        limit = (self._available() + self.size) // 2 if budget is None else budget
        while self._models and self.size > limit:
            self.give_up_oldest()

    def make_room(self, wanted: int) -> None:
        """Give models up, the oldest first, until so many bytes are free, or there are none left."""
        while self._models and self._available() < wanted:
            self.give_up_oldest()

    def give_up_oldest(self) -> bool:
        """Give up the model that was used longest ago; whether there was any."""
        if not self._models:
            return False
        self._models.popitem(last=False)
        give_back()
        return True
