"""One pass along a schedule while it is walked: where it is, and what holds from which call on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import torch

from webui.diffusion.denoise import Step, denoise, unconstrained
from webui.diffusion.families.base import Latents
from webui.diffusion.masking import KeptPart, PutBack
from webui.diffusion.samplers import NoiseSchedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What holds from a call of a pass on, besides what the network says.

    `generators` are the states of the pictures' generators at that moment (uint8, on the CPU), from which the noise on
    the way is drawn. `seen` is what an inpainting network sees beside the latents, (batch, its channels, h, w), and
    `kept` what is put back after each move.
    """

    call: int
    generators: tuple[torch.Tensor, ...]
    seen: torch.Tensor | None = None
    kept: KeptPart | None = None

    def taken(self, rows: Sequence[int], *, device: torch.device, dtype: torch.dtype | None = None) -> Self:
        """That of some of the pictures, on a device and in a dtype (None: as it is)."""
        return replace(
            self,
            generators=tuple(self.generators[row] for row in rows),
            seen=None if self.seen is None else self.seen[list(rows)].to(device, dtype),
            kept=None if self.kept is None else self.kept.taken(rows, device=device, dtype=dtype),
        )


def generator_states(generators: Sequence[torch.Generator]) -> tuple[torch.Tensor, ...]:
    """As a `Turn` has them."""
    return tuple(generator.get_state() for generator in generators)


class Pass:
    """A pass that is being walked. It begins with a `turn`; each stretch of calls goes along the denoise loop.

    `latents` (batch, channels, h, w) are where it is; `call` is the next call, after `last`. `holds` is what the
    last turn said, and `generators` are the pictures' own since then.

    Args:
        schedule: a fresh one; its scheduler's history belongs to this pass.
        start: the latents at its first level.
    """

    def __init__(self, schedule: NoiseSchedule, start: Latents) -> None:
        self.schedule = schedule
        self.latents = start
        self.last: Step | None = None
        self.call = 0
        self.holds: Turn | None = None
        self.generators: list[torch.Generator] = []
        self._constrain: Callable[[Latents, int], Latents] = unconstrained

    def turn(self, turn: Turn) -> None:
        """From the next call on this holds."""
        self.generators = [torch.Generator("cpu") for _ in turn.generators]
        for generator, state in zip(self.generators, turn.generators, strict=True):
            generator.set_state(state)
        self.holds = turn
        self._constrain = unconstrained if turn.kept is None else PutBack(self.schedule, turn.kept)

    def walked(
        self, predict: Callable[[torch.Tensor, torch.Tensor, int], torch.Tensor], end: int | None = None
    ) -> Iterator[Step]:
        """The steps from the next call to the one before `end` (None: to the end of the schedule)."""
        calls = range(self.call, len(self.schedule.timesteps) if end is None else end)
        for step in denoise(
            predict, self.schedule, self.latents, generators=self.generators, constrain=self._constrain, calls=calls
        ):
            self.latents, self.last, self.call = step.latents, step, step.index + 1
            yield step
