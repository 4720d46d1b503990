"""A worker's events as the page gets them: frames as addresses, pictures as ids, progress counted over the job."""

import logging
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from webui.access.kinds import Kind
from webui.engine.events import Event, ImageDone, Recorded, StepDone
from webui.engine.frames import FrameStore
from webui.engine.job_queue import RunningJob
from webui.engine.recording_policy import RecordingPolicy
from webui.engine.saved_pictures import SavedPictures
from webui.errors import WebUIError
from webui.library.library import Library
from webui.library.trajectories import Trajectories

_log = logging.getLogger(__name__)


class PageEvents:
    """Takes in what a worker says of a job.

    Args:
        library: where finished pictures go.
        frames: where previews go.
        trajectories: where recordings are.
        policy: how much of the disk recordings may take.
        saved_pictures: who is told of pictures that were saved.
    """

    def __init__(
        self,
        library: Library,
        frames: FrameStore,
        trajectories: Trajectories,
        policy: RecordingPolicy,
        saved_pictures: SavedPictures,
    ) -> None:
        self._library = library
        self._frames = frames
        self._trajectories = trajectories
        self._policy = policy
        self._saved_pictures = saved_pictures

    def save_waiting(self) -> None:
        """Try again to save the pictures that the disk would not take."""
        self._library.save_waiting()

    def take(self, event: Event, running: RunningJob) -> Mapping[str, Any]:
        """Note an event's part of the job's progress.

        Returns:
            Its fields for the page.
        """
        if isinstance(event, StepDone):
            running.job = replace(running.job, total=event.total * event.batch_count)
            running.step = min(event.batch * event.total + event.index, running.job.total)
            previews = self._frames.put(event.job, event.batch, event.index, event.previews)
            return {**_fields(event), "previews": previews}
        if isinstance(event, ImageDone):
            return self._image_done(event, running)
        if isinstance(event, Recorded):
            return self._recorded(event, running.job.owner)
        return _fields(event)

    def end_recordings(self, job: str, owner: str) -> list[Mapping[str, Any]]:
        """Keep what a job recorded that will not be gone on with; returns the fields of a `recorded` event for each."""
        made: list[Mapping[str, Any]] = []
        try:
            for trajectory in self._trajectories.finish_journals(only=job):
                batch = self._trajectories.find(trajectory).batch
                recorded = Recorded(job=job, trajectory=trajectory, batch=batch, complete=False)
                made.append(self._recorded(recorded, owner))
        except WebUIError as error:
            _log.warning("the recordings of job %s were not taken in: %s", job, error)
        return made

    def _image_done(self, event: ImageDone, running: RunningJob) -> Mapping[str, Any]:
        saving = self._library.save(
            event.png,
            job=event.job,
            seed=event.seed,
            width=event.width,
            height=event.height,
            request=event.request,
            infotext=event.infotext,
            film=event.film,
            folder=running.job.folder,
        )
        running.images.append(saving.picture.id)
        self._library.ownership.note(running.job.owner, Kind.PICTURE, saving.picture.id, job=event.job)
        recorded = self._link(event, saving.picture.id, running.job.owner)
        self._saved_pictures.add(saving.picture, index=event.index, count=running.job.request.image_count)
        told = {name: value for name, value in _fields(event).items() if name not in ("png", "film", "request")}
        return {
            **told,
            "trajectory": event.trajectory if recorded else "",
            "image": saving.picture.id,
            "url": saving.picture.url,
            "film": saving.picture.film_url,
            "saved": saving.picture.saved,
            "warning": saving.warning,
        }

    def _link(self, event: ImageDone, picture: str, owner: str) -> bool:
        """Whether the picture has a recording, which knows of it now."""
        if not event.trajectory:
            return False
        try:
            self._trajectories.add(event.trajectory)
            self._library.ownership.note(owner, Kind.TRAJECTORY, event.trajectory, job=event.job)
            self._trajectories.link(event.trajectory, event.row, picture)
        except WebUIError as error:
            _log.warning("picture %s has no recording: %s", picture, error)
            return False
        return True

    def _recorded(self, event: Recorded, owner: str) -> Mapping[str, Any]:
        pictures: list[str] = []
        try:
            self._trajectories.add(event.trajectory)
            self._library.ownership.note(owner, Kind.TRAJECTORY, event.trajectory, job=event.job)
            found = self._trajectories.find(event.trajectory).pictures
            pictures = [each.picture for each in found if each.picture]
            self._policy.enforce()
        except WebUIError as error:
            _log.warning("the recording %s was not taken in: %s", event.trajectory, error)
        return {**_fields(event), "pictures": pictures}


def _fields(event: Event) -> dict[str, Any]:
    return {field.name: getattr(event, field.name) for field in fields(event) if field.name != "job"}
