"""A worker's events as the page gets them: frames as addresses, pictures as ids, progress counted over the job."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from webui.engine.events import Event, ImageDone, StepDone
from webui.engine.frames import FrameStore
from webui.engine.job_queue import RunningJob
from webui.library.library import Library


class PageEvents:
    """Takes in what a worker says of a job.

    Args:
        library: where finished pictures go.
        frames: where previews go.
    """

    def __init__(self, library: Library, frames: FrameStore) -> None:
        self._library = library
        self._frames = frames

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
        return _fields(event)

    def _image_done(self, event: ImageDone, running: RunningJob) -> Mapping[str, Any]:
        saving = self._library.save(
            event.png,
            job=event.job,
            seed=event.seed,
            width=event.width,
            height=event.height,
            request=event.request,
            infotext=event.infotext,
        )
        running.images.append(saving.picture.id)
        told = {name: value for name, value in _fields(event).items() if name not in ("png", "request")}
        return {
            **told,
            "image": saving.picture.id,
            "url": saving.picture.url,
            "saved": saving.picture.saved,
            "warning": saving.warning,
        }


def _fields(event: Event) -> dict[str, Any]:
    return {field.name: getattr(event, field.name) for field in fields(event) if field.name != "job"}
