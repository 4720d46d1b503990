"""A family that goes on when memory runs out: its calls are made again with less memory, where the walk is. Torch."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
import torch

from webui.diffusion.attention_maps import AttentionMaps
from webui.diffusion.families.base import Family, Latents, PromptEmbedding, PromptOptions, PromptReader
from webui.diffusion.prompt_memory import PromptMemory
from webui.model_manager.memory.model_memory import ModelMemory


class ThriftyFamily:
    """A family, and the memory of its parts. What is not called with much memory is the family's own.

    Args:
        family: the model.
        memory: where its parts are.
        prompts: what its prompts were encoded to before.
    """

    def __init__(self, family: Family, memory: ModelMemory, prompts: PromptMemory | None = None) -> None:
        self._family = family
        self._memory = memory
        self._prompts = prompts or PromptMemory()
        self._rows_belong_together = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._family, name)

    def read_prompts(self, options: PromptOptions) -> PromptReader:
        """As the family reads them; what was read before is remembered."""
        return self._prompts.reader(self._family, options)

    def predict(self, latents: Latents, timestep: torch.Tensor, prompts: PromptEmbedding) -> Latents:
        """As the family predicts; rows one after the other where memory is short."""

        def rows() -> Latents:
            if not self._memory.plan.row_by_row or self._rows_belong_together:
                return self._family.predict(latents, timestep, prompts)
            each = range(len(latents))
            return torch.cat([self._family.predict(latents[i : i + 1], timestep, _row(prompts, i)) for i in each])

        return self._memory.attempt(rows)

    def encode_pictures(self, pictures: torch.Tensor, generators: Sequence[torch.Generator] | None = None) -> Latents:
        """As the family encodes; generators are as they were when it is done again."""
        states = [generator.get_state() for generator in generators or ()]

        def encoded() -> Latents:
            for generator, state in zip(generators or (), states, strict=True):
                generator.set_state(state)
            return self._family.encode_pictures(pictures, generators)

        return self._memory.attempt(encoded, decoding=True)

    def decode(self, latents: Latents) -> np.ndarray:
        """As the family decodes."""
        return self._memory.attempt(lambda: self._family.decode(latents), decoding=True)

    def perturbed_attention(self, first: int) -> AbstractContextManager[None]:
        """As the family's; meanwhile the rows of a prediction are not taken apart."""
        return self._together(self._family.perturbed_attention(first))

    def recorded_attention(self, maps: AttentionMaps) -> AbstractContextManager[None]:
        """As the family's; meanwhile the rows of a prediction are not taken apart."""
        return self._together(self._family.recorded_attention(maps))

    @contextmanager
    def _together(self, context: AbstractContextManager[None]) -> Iterator[None]:
        before, self._rows_belong_together = self._rows_belong_together, True
        try:
            with context:
                yield
        finally:
            self._rows_belong_together = before


def _row(prompts: PromptEmbedding, row: int) -> PromptEmbedding:
    more = {name: tensor[row : row + 1] for name, tensor in prompts.more.items()}
    return PromptEmbedding(prompts.tokens[row : row + 1], more)
