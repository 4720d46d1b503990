"""The memory of one loaded model: where its parts are, and what is tried when there is not enough. Torch."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import torch

from webui.model_manager.memory.freed_memory import give_back
from webui.model_manager.memory.memory_policy import Decoding, MemoryPlan, Placement, step_down, told
from webui.model_manager.memory.offloading import place, put_away
from webui.model_manager.memory.out_of_memory import is_out_of_memory

Made = TypeVar("Made")
_TILE_LATENTS = 64
"""The side of a tile in latents; a quarter of it overlaps with the next one."""


class ModelMemory:
    """Carries plans out, and steps down when memory runs out.

    `plan` is what holds now.

    Args:
        parts: the model's parts by diffusers' names; their weights are in the CPU's memory or on the device.
        device: where the model computes.
        make_room: gives up what others keep in memory; whether there was anything.
    """

    def __init__(
        self, parts: Mapping[str, torch.nn.Module], *, device: torch.device, make_room: Callable[[], bool]
    ) -> None:
        self.plan = MemoryPlan()
        self._placed: tuple[Placement, frozenset[str]] | None = None
        self._parts = parts
        self._device = device
        self._make_room = make_room
        self._notes: list[str] = []

    @property
    def sizes(self) -> dict[str, int]:
        """How many bytes the weights of each part take."""
        return {name: sum(each.nbytes for each in part.parameters()) for name, part in self._parts.items()}

    def carry_out(self, plan: MemoryPlan) -> None:
        """Put everything where a plan wants it.

        Raises:
            torch.OutOfMemoryError: the device has no room for it.
        """
        self.plan = plan
        where = (plan.placement, plan.fetched)
        if self._placed != where:
            self._placed = None
            place(self._parts, plan, self._device)
            self._placed = where
        _decode_as(self._parts.get("vae"), plan.decoding)

    def settle(self, plan: MemoryPlan) -> None:
        """Put everything where a plan wants it, or where there is room for it after all.

        Raises:
            MemoryError, RuntimeError: there is not enough memory however little is used.
        """
        following: MemoryPlan | None = plan
        while following is not None:
            try:
                self.carry_out(following)
                return
            except (MemoryError, RuntimeError) as error:
                following = step_down(self.plan, self._device.type, self.sizes, decoding=False)
                if following is None or not is_out_of_memory(error):
                    raise
            give_back()

    def put_away(self) -> None:
        """Leave the device; the weights stay in the CPU's memory."""
        self._placed = None
        put_away(self._parts)

    def take_notes(self) -> list[str]:
        """What happened since it was last asked, in sentences."""
        notes, self._notes = self._notes, []
        return notes

    def attempt(self, work: Callable[[], Made], *, decoding: bool = False) -> Made:
        """What a piece of work gives, done again with less memory as often as memory runs out and less is possible.

        Args:
            work: it is begun anew each time, so it must not have changed anything when it fails.
            decoding: whether pictures are decoded or encoded, rather than walked.

        Raises:
            MemoryError, RuntimeError: there is not enough memory however little is used.
        """
        while True:
            try:
                return work()
            except (MemoryError, RuntimeError) as error:
                if not is_out_of_memory(error):
                    raise
                error.__traceback__ = None  # its frames hold what was computed so far
                failed = error
            give_back()
            if not self._stepped_down(decoding=decoding):
                raise failed

    def _stepped_down(self, *, decoding: bool) -> bool:
        """Whether there is more memory now than before, or less is needed."""
        if self._make_room():
            self._notes.append("There was not enough memory, so models that were kept for later were given up.")
            return True
        plan = step_down(self.plan, self._device.type, self.sizes, decoding=decoding)
        if plan is None:
            return False
        self.settle(plan)
        give_back()
        self._notes.append(f"There was not enough memory, so {told(plan, decoding=decoding)}.")
        return True


def _decode_as(vae: Any, decoding: Decoding) -> None:
    """Tell an autoencoder how to decode; one that knows no tiles goes on as it did."""
    if vae is None or not hasattr(vae, "enable_tiling"):
        return
    if decoding is Decoding.TILED:
        vae.enable_tiling()
        if hasattr(vae, "tile_latent_min_size") and hasattr(vae.config, "block_out_channels"):
            vae.tile_latent_min_size = _TILE_LATENTS
            vae.tile_sample_min_size = _TILE_LATENTS * 2 ** (len(vae.config.block_out_channels) - 1)
    else:
        vae.disable_tiling()
    if hasattr(vae, "enable_slicing"):
        if decoding is Decoding.WHOLE:
            vae.disable_slicing()
        else:
            vae.enable_slicing()
