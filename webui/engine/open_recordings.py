"""Recordings that are looked at, in memory within a bound: their tensors and the states of their pictures. Torch."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch

from webui.diffusion.denoise import Step
from webui.diffusion.preview import LatentPreview
from webui.diffusion.solvers import Scaling, solver_for
from webui.diffusion.trajectory import Trajectory, replayed_pass
from webui.diffusion.views import WalkStates, walk_states
from webui.engine.step_start import check_picture_number, check_step_number
from webui.engine.trajectory_file import load
from webui.errors import TrajectoryUnreadable, ViewUnavailable
from webui.library.trajectory_files import TrajectoryFiles, not_found

MAX_BYTES = 512 * 2**20


@dataclass(slots=True)
class OpenRecording:
    """A recording with what was computed of it."""

    trajectory: Trajectory
    _states: dict[int, WalkStates] = field(default_factory=dict)

    @property
    def preview(self) -> LatentPreview:
        """The map from latents to colours of the model that walked."""
        model = self.trajectory.header.model
        return LatentPreview(torch.tensor(model.preview_weights), torch.tensor(model.preview_bias))

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        tensors = [
            tensor
            for each in self.trajectory.passes
            for tensor in (each.start, *each.predictions, *each.momentum, *(part for two in each.parts for part in two))
        ]
        return sum(each.nbytes for each in tensors) + sum(states.size for states in self._states.values())

    def states(self, picture: int) -> WalkStates:
        """The states of one of its pictures.

        Raises:
            InvalidRequest: it has no such picture.
            TrajectoryUnreadable: it was cut short before its first step.
        """
        self.check_picture(picture)
        if picture not in self._states:
            walked = self.trajectory.positions > 0
            self._states[picture] = walk_states(self._steps(picture)) if walked else self._only_state(picture)
        return self._states[picture]

    def check_walked(self) -> None:
        """Raises ViewUnavailable where the walk had no steps: of a picture at strength 0 there is only the picture."""
        if not self.trajectory.positions:
            raise ViewUnavailable(
                "This picture was made in no steps, so there is nothing to see of them.",
                hint="Look at the picture itself, or start from it with more strength.",
            )

    def check_picture(self, picture: int) -> None:
        """Raises InvalidRequest where the recording has no picture of that number."""
        check_picture_number(picture, len(self.trajectory.header.seeds))

    def check_step(self, step: int) -> None:
        """Raises InvalidRequest where the recording has no position of that number."""
        check_step_number(step, self.trajectory.positions)

    def _only_state(self, picture: int) -> WalkStates:
        record = self.trajectory.passes[-1]
        if record.plan.sigmas[0] > 0:
            raise TrajectoryUnreadable("The recording has no steps yet, so there is nothing to look at.")
        latents = record.start[picture].float()
        return WalkStates(noisy=[latents], clean=[latents], noise=[])

    def _steps(self, picture: int) -> Iterator[tuple[Step, Scaling]]:
        config = self.trajectory.header.model.scheduler_config
        for record in self.trajectory.passes:
            scaling = solver_for(record.plan.sampler, record.plan.scheduler_config or config).scaling
            for step in replayed_pass(self.trajectory, record, rows=[picture]):
                yield step, scaling


class OpenRecordings:
    """The recordings of a data folder; those that were not looked at for longest are closed first.

    Args:
        files: where they are.
        max_bytes: how many bytes they may have in memory; the last one stays open whatever it has.
    """

    def __init__(self, files: TrajectoryFiles, max_bytes: int = MAX_BYTES) -> None:
        self._files = files
        self._max_bytes = max_bytes
        self._open: OrderedDict[tuple[Path, int, int], OpenRecording] = OrderedDict()

    def open(self, trajectory: str) -> OpenRecording:
        """The recording of that id.

        Raises:
            TrajectoryNotFound: there is none.
            TrajectoryUnreadable: its file is damaged.
        """
        path = self._files.path(trajectory)
        try:
            state = path.stat()
        except OSError as error:
            raise not_found() from error
        key = path, state.st_mtime_ns, state.st_size
        if key not in self._open:
            self._open[key] = OpenRecording(load(path))
        self._open.move_to_end(key)
        while len(self._open) > 1 and sum(each.size for each in self._open.values()) > self._max_bytes:
            self._open.popitem(last=False)
        return self._open[key]
