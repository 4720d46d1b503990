"""Walks that are recorded in memory, and taken up again."""

from typing import Any

import torch

from webui.diffusion.denoise import Step
from webui.diffusion.passes import Turn
from webui.diffusion.trajectory import PassRecord, Trajectory
from webui.engine.groups import Group, groups
from webui.engine.past import Past
from webui.engine.source_picture import SourcePicture
from webui.engine.walk import Walk
from webui.generation.request import GenerationRequest
from webui.generation.trajectory import Origin, RecordedModel, RecordedPass, TrajectoryHeader
from webui.generation.ways import FromStep

RECORDING, BRANCH = "1" * 32, "2" * 32
"""Ids of recordings."""


class MemoryRecorder:
    """Keeps what it is told."""

    def __init__(self, *, parts: bool = False) -> None:
        self.wants_parts = parts
        self.passes: list[PassRecord] = []

    def begin_pass(self, plan: RecordedPass, start: torch.Tensor) -> None:
        self.passes.append(PassRecord(plan=plan, start=start.clone(), turns=[]))

    def turn(self, turn: Turn) -> None:
        self.passes[-1].turns.append(turn)

    def moved(
        self,
        prediction: torch.Tensor,
        momentum: torch.Tensor | None,
        parts: tuple[torch.Tensor, torch.Tensor] | None,
        movement: float,
    ) -> None:
        record = self.passes[-1]
        record.predictions.append(prediction.clone())
        record.movement.append(movement)
        if momentum is not None:
            record.momentum.append(momentum.clone())
        if parts is not None:
            record.parts.append(parts)


class Recorded:
    """A walk that was walked to its end, or to `stop` steps, with its steps and its recording."""

    def __init__(
        self,
        request: GenerationRequest,
        family: Any,
        *,
        past: Past | None = None,
        source: SourcePicture | None = None,
        parts: bool = False,
        stop: int | None = None,
    ) -> None:
        self.request, self.family, self.source = request, family, source
        self.group = group_of(request)
        recorder = MemoryRecorder(parts=parts)
        self.walk = Walk(self.group, family=family, source=source, embeddings={}.get, past=past, recorder=recorder)
        self.steps: list[Step] = []
        for step in self.walk:
            self.steps.append(step)
            if len(self.steps) == stop:
                break
        self.trajectory = Trajectory(header=self._header(past), passes=recorder.passes)

    @property
    def end(self) -> torch.Tensor:
        """The final latents."""
        return self.steps[-1].latents

    def taken_up(self, step: int, *, family: Any = None, stop: int | None = None, **changes: Any) -> "Recorded":
        """A walk that takes this one up after `step` calls, with some fields of the request changed.

        `painting` and `mask_picture` are pictures as `Past` has them.
        """
        shown = {"painting": changes.pop("painting", None), "mask": changes.pop("mask_picture", None)}
        start = FromStep(trajectory=self.trajectory.header.id, step=step, picture=changes.pop("picture", 0))
        request = self.request.with_changes(start=start, **changes)
        rows, count = range(request.batch_size), len(self.group.seeds)
        taken = tuple(start.picture + row if start.picture + row < count else start.picture for row in rows)
        past = Past(trajectory=self.trajectory, step=step, rows=taken, **shown)
        return Recorded(request, family or self.family, past=past, source=self.source, stop=stop)

    def continued(self) -> "Recorded":
        """The walk of the same job, from where this one was broken off."""
        past = Past(
            trajectory=self.trajectory, step=self.trajectory.positions, rows=tuple(range(len(self.group.seeds))),
            exact=True,
        )  # fmt: skip
        return Recorded(self.request, self.family, past=past, source=self.source)

    def _header(self, past: Past | None) -> TrajectoryHeader:
        info = self.family.info
        origin = past and not past.exact and Origin(trajectory=past.trajectory.header.id, step=past.step)
        return TrajectoryHeader(
            id=BRANCH if past else RECORDING, job="job", created=0.0, program="test", request=self.group.request,
            seeds=self.group.seeds, variation_seeds=self.group.variation_seeds, places=self.group.places,
            model=RecordedModel(
                name=self.request.model or "pocket", fingerprint="", family=info.name,
                latent_channels=info.latent_channels, latent_scale=info.latent_scale,
                scheduler_config=dict(self.family.scheduler_config), preview_weights=(), preview_bias=(0, 0, 0),
            ),
            device="cpu", dtype=str(self.family.dtype).removeprefix("torch."), origin=origin or None,
        )  # fmt: skip


def group_of(request: GenerationRequest) -> Group:
    """The pictures of a request's first batch, which walk together."""
    (group,) = groups(request, range(request.batch_size), lambda text, picture: text)
    return group


def assert_same_walk(one: Recorded, other: Recorded) -> None:
    """That two walks have the same steps, bit by bit."""
    assert len(one.steps) == len(other.steps)
    for number, (left, right) in enumerate(zip(one.steps, other.steps, strict=True)):
        for name in ("noisy", "prediction", "latents"):
            same = torch.equal(getattr(left, name), getattr(right, name))
            assert same, f"{name} of step {number} differs"
