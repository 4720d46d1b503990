"""What of a job was recorded already, and who records the rest: for each group of pictures that walk together. Torch.

A job that was begun before, until its worker or the server died, finds its own journals and recordings by its id: what
is there is replayed without the model, and only what is missing is walked.
"""

import hashlib
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import webui
from webui.diffusion.trajectory import Trajectory
from webui.engine.groups import Group
from webui.engine.past import Past, past_of_itself
from webui.engine.recording import Recorder
from webui.engine.trajectory_file import from_journal, load
from webui.errors import PictureNotFound, PictureUnreadable, TrajectoryNotFound, TrajectoryUnreadable
from webui.generation.request import GenerationRequest
from webui.generation.trajectory import Origin, RecordedModel, TrajectoryHeader
from webui.generation.ways import FromStep
from webui.library.inputs import InputStore
from webui.library.trajectories import COMMAND_LINE
from webui.library.trajectory_files import TrajectoryFiles, read_summary
from webui.library.trajectory_journal import read_journal
from webui.model_manager.fingerprint import fingerprint
from webui.model_manager.manager import LoadedModel

_ID_DIGITS = 32
_NOT_COMPARED = {"id", "created", "guidance"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """How the walk of a group begins.

    `past` is what of it was recorded in an earlier attempt, `recorder` writes the rest down (None: nothing is
    recorded, or all of it is already, as `trajectory`). `skipped` says that the user ended it then.
    """

    past: Past | None = None
    recorder: Recorder | None = None
    trajectory: str = ""
    skipped: bool = False


@dataclass(kw_only=True)
class GroupRecordings:
    """The recordings of a job.

    Args:
        files: where recordings are.
        inputs: where the masks of branches are.
        job: its id.
        record: "off", "steps" or "guidance".
        target: a file of the user's choice for the recording, in the place of one in the data folder.
        model: what walks.
    """

    files: TrajectoryFiles
    inputs: InputStore
    job: str
    record: str
    target: Path | None
    model: LoadedModel
    _count: int = field(default=0, init=False)

    def begin(self, group: Group, *, batch: int, number: int, alone: bool) -> Begun:
        """How the walk of group `number` of a batch begins; `alone` says that the job has no other."""
        if self.record == "off":
            return Begun()
        if self.target is not None:
            self._count += 1
            named = self.target.with_name(f"{self.target.stem}-{self._count}{self.target.suffix}")
            return self._to_target(self._header(group, secrets.token_hex(16), batch), self.target if alone else named)
        header = self._header(group, self._id(batch, number), batch)
        final, journal = self.files.path(header.id), self.files.journal(self._name, batch, number)
        return self._finished(header, final) or self._broken_off(header, final, journal)

    @cached_property
    def _recorded_model(self) -> RecordedModel:
        return recorded_model(self.model)

    @cached_property
    def _name(self) -> str:
        """The job in names; every run of the command line is one of its own."""
        return f"{self.job}-{secrets.token_hex(8)}" if self.job == COMMAND_LINE else self.job

    def _id(self, batch: int, number: int) -> str:
        return hashlib.sha256(f"{self._name}/{batch}/{number}".encode()).hexdigest()[:_ID_DIGITS]

    def _to_target(self, header: TrajectoryHeader, target: Path) -> Begun:
        journal = target.with_name(f".{target.name}.journal")
        with suppress(OSError):
            journal.unlink(missing_ok=True)
        return Begun(recorder=Recorder(header, journal=journal, final=target, keeps_journal=False))

    def _finished(self, header: TrajectoryHeader, final: Path) -> Begun | None:
        """The walk that ended in an earlier attempt, if it did."""
        try:
            summary = read_summary(final)
            if not _same_walk(summary.header, header):
                return None
            if not summary.complete:
                return Begun(skipped=True)
            return Begun(past=past_of_itself(load(final), self.inputs), trajectory=header.id)
        except (TrajectoryNotFound, TrajectoryUnreadable, PictureNotFound, PictureUnreadable):
            return None

    def _broken_off(self, header: TrajectoryHeader, final: Path, journal: Path) -> Begun:
        """The walk as far as an earlier attempt came, or from its beginning."""
        past, frames = None, 0
        # A branch whose mask's picture is gone begins again, and says so there.
        with suppress(OSError, PictureNotFound, PictureUnreadable):
            content = read_journal(journal)
            if content is not None and not content.damaged and _same_walk(content.header, header):
                trajectory = from_journal(content)
                if _goes_on(trajectory, header):
                    # What is recorded beside the steps stays as it was begun.
                    past = past_of_itself(trajectory, self.inputs)
                    frames, header = content.frames, content.header
        if past is None:
            with suppress(OSError):
                journal.unlink(missing_ok=True)
        return Begun(past=past, recorder=Recorder(header, journal=journal, final=final, known=frames))

    def _header(self, group: Group, trajectory: str, batch: int) -> TrajectoryHeader:
        start, family = group.request.start, self.model.family
        origin = None
        if isinstance(start, FromStep):
            origin = Origin(trajectory=start.trajectory, step=start.step, picture=start.picture)
        return TrajectoryHeader(
            id=trajectory,
            job=self.job,
            batch=batch,
            created=time.time(),
            program=f"Darkroom {webui.__version__}",
            request=group.request.with_changes(model=self.model.entry.name),
            seeds=group.seeds,
            variation_seeds=group.variation_seeds,
            places=group.places,
            model=self._recorded_model,
            device=family.device.type,
            dtype=str(family.dtype).removeprefix("torch."),
            guidance=self.record == "guidance",
            origin=origin,
        )


def recorded_model(model: LoadedModel) -> RecordedModel:
    """What recordings say of a model."""
    info = model.family.info
    red, green, blue = model.preview.bias.tolist()
    known = ""
    with suppress(OSError):
        known = fingerprint(model.entry)
    return RecordedModel(
        name=model.entry.name,
        fingerprint=known,
        family=info.name,
        latent_channels=info.latent_channels,
        latent_scale=info.latent_scale,
        scheduler_config=dict(model.family.scheduler_config),
        preview_weights=tuple((row[0], row[1], row[2]) for row in model.preview.weights.tolist()),
        preview_bias=(red, green, blue),
    )


def _same_walk(one: TrajectoryHeader, other: TrajectoryHeader) -> bool:
    told, ours = (each.model_dump(mode="json", exclude=_NOT_COMPARED) for each in (one, other))
    return told == ours


def _goes_on(trajectory: Trajectory, header: TrajectoryHeader) -> bool:
    """Whether there is anything to go on from: for a branch, beyond the step where it turns off."""
    start = header.request.start
    turned_off = start.step if isinstance(start, FromStep) else 0
    return trajectory.positions > turned_off


def root_request(start: FromStep, files: TrajectoryFiles) -> GenerationRequest | None:
    """The request of the walk that a recorded step goes back to, over all branches; None where that is gone."""
    seen: set[str] = set()
    trajectory = start.trajectory
    while trajectory not in seen:
        seen.add(trajectory)
        try:
            request = read_summary(files.path(trajectory)).header.request
        except (TrajectoryNotFound, TrajectoryUnreadable):
            return None
        if not isinstance(request.start, FromStep):
            return request
        trajectory = request.start.trajectory
    return None
