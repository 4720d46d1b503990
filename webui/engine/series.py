"""Series of pictures: accepted as a whole, made by ordinary jobs, and ended with a grid or a plot.

A series is on the disk, with the ids of its jobs, before any of them is enqueued; what a stop of the server cut short
is gone on with when it starts again.
"""

import logging
import secrets
import threading
import time
from collections.abc import Set
from dataclasses import replace
from functools import partial
from typing import Any

from webui.access.kinds import Kind
from webui.engine.event_hub import EventHub, Subscription
from webui.engine.jobs import Job, JobStatus
from webui.engine.process_host import log_unexpected
from webui.engine.series_desk import JobDesk, OwnersDesk
from webui.engine.series_grid import picture_of, save_outcome
from webui.engine.series_kinds import kind_of
from webui.engine.series_record import Cell, Series, SeriesStatus
from webui.engine.series_results import CellEnd, SoFar
from webui.engine.series_store import SeriesStore
from webui.errors import JobNotFound, SeriesNotFound, WebUIError
from webui.generation.request import GenerationRequest
from webui.generation.series import SeriesRequest
from webui.library.database import StorageUnavailable
from webui.library.library import Library

RETRY_SECONDS = 5.0
"""How soon is tried again what the disk would not take."""
STOP_SECONDS = 10.0
RECENT_SERIES = 50

_log = logging.getLogger(__name__)


class SeriesKeeper:
    """Accepts series, and in a thread of its own looks after those that are not at their end.

    Args:
        desk: takes the jobs.
        store: where series are kept.
        library: has the pictures, and takes the grids.
        hub: tells when jobs end, and is told how the series go.
    """

    def __init__(self, *, desk: JobDesk, store: SeriesStore, library: Library, hub: EventHub) -> None:
        self._desk = desk
        self._store = store
        self._library = library
        self._hub = hub
        self._lock = threading.RLock()
        self._active: dict[str, Series] = {}
        self._enqueued: set[str] = set()
        """Ids of series all of whose jobs are known to the queue."""
        self._ended: dict[str, Job] = {}
        """Jobs of active series that have ended."""
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="series", daemon=True)

    def start(self) -> None:
        """Take up what an earlier process left."""
        with self._lock:
            self._active = {series.id: series for series in self._store.active()}
        self._thread.start()

    def stop(self) -> None:
        """Stop looking; what is not done is done after the next start."""
        self._stopping.set()
        self._news.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def begin(self, wanted: SeriesRequest, owner: str = "") -> Series:
        """Accept somebody's series: every job of it can be made, and it is on the disk when this returns.

        Raises:
            InvalidRequest: a value cannot be used; `field` may be an axis: "x", "y" or "z".
            WebUIError: as from `Engine.submit`.
        """
        desk = OwnersDesk(self._desk, owner)
        wanted = replace(wanted, request=wanted.request.with_fixed_seed())
        beginning = kind_of(wanted.options).begin(wanted.request, desk)
        series = Series(
            id=secrets.token_hex(8),
            wanted=beginning.wanted or replace(wanted, request=desk.prepare(wanted.request)),
            cells=tuple(_with_job(cell) for cell in beginning.cells),
            total=beginning.total,
            said=beginning.said,
            created=time.time(),
            owner=owner,
        )
        self._desk.ownership.remember(Kind.SERIES, series.id, owner)  # before the first event that is judged by it
        with self._desk.job_limits.room(owner, series.total), self._lock:
            self._store.add(series)
            self._active[series.id] = series
            try:
                self._enqueue(series)
            except StorageUnavailable as error:  # it is accepted: the thread tries again
                _log.warning("the jobs of series %s are not all enqueued yet: %s", series.id, error)
            self._publish(series)
        self._news.set()
        return series

    def find(self, series_id: str) -> Series:
        """The series of that id as it is now.

        Raises:
            SeriesNotFound: there is none.
        """
        found = self._active.get(series_id) or self._store.find(series_id)
        if found is None:
            raise SeriesNotFound(
                "There is no such series.", hint="Look at the list of series for those that are known."
            )
        return found

    def recent(self, limit: int = RECENT_SERIES, scope: str | None = None) -> list[Series]:
        """The newest of somebody's (None: everybody's) first."""
        return [self._active.get(series.id, series) for series in self._store.recent(limit, scope)]

    def active(self) -> list[Series]:
        """Those that have not ended."""
        return list(self._active.values())

    def cancel_owned(self, owner: str) -> None:
        """Cancel every series of somebody that has not ended."""
        with self._lock:
            for series in [series.id for series in self._active.values() if series.owner == owner]:
                self.cancel(series)

    def cancel(self, series_id: str) -> Series:
        """Cancel a series and all its jobs; one that has ended stays as it is.

        Raises:
            SeriesNotFound: there is none of that id.
        """
        with self._lock:
            series = self.find(series_id)
            if not series.active:
                return series
            series = self._change(replace(series, status=SeriesStatus.CANCELLING))
            return self._cancel_jobs(series)

    def told(self, series: Series, *, cells: bool = False) -> dict[str, Any]:
        """A series as JSON; `done` counts pictures whose cells have ended, `cells` says what became of each cell."""
        ended = [cell for cell in series.cells if not series.active or cell.job is None or cell.job in self._ended]
        told = {**series.to_json(), "done": sum(cell.pictures for cell in ended)}
        if cells:
            told |= {"jobs": series.jobs, "cells": [self._cell_json(cell) for cell in series.cells]}
            told |= {"request": series.wanted.request.model_dump(mode="json"), "options": series.wanted.options_json()}
        return told

    def _cell_json(self, cell: Cell) -> dict[str, Any]:
        job = self._job(cell.job) if cell.job else None
        return {
            "job": cell.job,
            "labels": list(cell.labels),
            "place": list(cell.place),
            "status": job.status.value if job else JobStatus.FAILED.value,
            "image": job.images[0] if job and job.images else None,
            "images": list(job.images) if job else [],
            "problem": cell.problem or (job.error if job else None),
        }

    def _run(self) -> None:
        while not self._stopping.is_set():
            subscription = self._hub.subscribe(self._news.set)
            try:
                if subscription.ended:  # and not by us: the server stops
                    return
                self._follow(subscription)
            finally:
                self._hub.unsubscribe(subscription)

    def _follow(self, subscription: Subscription) -> None:
        """Look after series as their jobs end, until there is nothing more to hear."""
        late = self._look_after_all(None)
        while not self._stopping.is_set() and not subscription.ended:
            self._news.wait(RETRY_SECONDS if late else None)
            self._news.clear()
            ended = {event.job for event in subscription.take() if event.ends_job and event.job is not None}
            if ended or late:
                late = self._look_after_all(None if late else ended)

    def _look_after_all(self, ended: Set[str] | None) -> bool:
        """Go on with every series; `ended` are the jobs that have just ended, None to look at all.

        Returns:
            Whether something has to be tried again.
        """
        late = False
        for series in list(self._active.values()):
            if self._stopping.is_set():
                break
            try:
                self._look_after(series.id, ended)
            except StorageUnavailable as error:
                _log.warning("series %s waits: %s", series.id, error)
                late = True
            except WebUIError as error:
                self._fail(series.id, error.message, error.hint)
            except Exception:
                # A fault of ours must not stop every series after this one.
                reference = log_unexpected(_log, f"series {series.id} met an unexpected error")
                hint = f"The details are in the log with the reference {reference}."
                self._fail(series.id, "Something unexpected went wrong in the server.", hint)
        return late

    def _look_after(self, series_id: str, ended: Set[str] | None) -> None:
        with self._lock:
            series = self._active.get(series_id)
            if series is None:
                return
            if series.status is SeriesStatus.CANCELLING:
                self._cancel_jobs(series)
                return
            self._enqueue(series)
            if self._note_ended(series, ended):
                self._publish(series)
            if any(job not in self._ended for job in series.jobs) or self._grow(series):
                return
        self._finish(series)

    def _note_ended(self, series: Series, ended: Set[str] | None) -> bool:
        """Remember which jobs have ended; whether any has that was not known to."""
        news = False
        for job_id in series.jobs:
            if job_id in self._ended or (ended is not None and job_id not in ended):
                continue
            job = self._job(job_id)
            if job is None or not job.active:
                self._ended[job_id] = job or _gone(job_id)
                news = True
        return news

    def _grow(self, series: Series) -> bool:
        """Add the cells that follow from what was made, if any do."""
        desk = OwnersDesk(self._desk, series.owner)
        growth = kind_of(series.wanted.options).following(self._so_far(series), desk)
        if growth is None:
            return False
        self._enqueued.discard(series.id)
        cells = (*series.cells, *(_with_job(cell) for cell in growth.cells))
        grown = self._change(replace(series, cells=cells, result={**series.result, **growth.result}))
        self._enqueue(grown)
        self._publish(grown)
        return True

    def _finish(self, series: Series) -> None:
        """Make the grid or plot. Slow, so without the lock; a series that is cancelled meanwhile stays so."""
        so_far = self._so_far(series)
        ended = replace(series, finished=time.time())
        if so_far.any_made:
            outcome = kind_of(series.wanted.options).outcome(so_far)
            picture, warning = save_outcome(self._library, series, outcome)
            if picture is not None:
                self._desk.ownership.note(series.owner, Kind.PICTURE, picture)
            result = dict(outcome.result) | ({"warning": warning} if warning else {})
            ended = replace(ended, status=SeriesStatus.DONE, picture=picture, result=result)
        elif all(problem == JobStatus.CANCELLED for problem in so_far.problems):
            ended = replace(ended, status=SeriesStatus.CANCELLED)
        else:
            why = f"None of the pictures could be made. The first one: {so_far.problems[0]}"
            ended = replace(ended, status=SeriesStatus.FAILED, error=why)
        with self._lock:
            current = self._active.get(series.id)
            if current is not None and current.status is SeriesStatus.RUNNING:
                self._change(ended)

    def _so_far(self, series: Series) -> SoFar:
        ends = []
        for cell in series.cells:
            job = self._ended.get(cell.job) if cell.job else None
            cancelled = JobStatus.CANCELLED.value if job and job.status is JobStatus.CANCELLED else ""
            problem = cancelled or cell.problem or (job.error if job else None) or ""
            ends.append(CellEnd(images=job.images if job else (), problem=problem))
        return SoFar(series, ends, partial(picture_of, self._library))

    def _fail(self, series_id: str, error: str, hint: str) -> None:
        with self._lock:
            series = self._active.get(series_id)
            if series is None:
                return
            ended = replace(series, status=SeriesStatus.FAILED, error=error, hint=hint, finished=time.time())
            try:
                self._change(ended)
            except StorageUnavailable as problem:
                _log.warning("that series %s failed was not written: %s", series_id, problem)

    def _enqueue(self, series: Series) -> None:
        """Give the queue every job that it does not have yet."""
        if series.id in self._enqueued:
            return
        folder = kind_of(series.wanted.options).folder
        for cell in series.cells:
            if cell.request is not None and cell.job is not None and self._job(cell.job) is None:
                self._desk.enqueue(cell.request, job=cell.job, owner=series.owner, folder=folder)
        self._enqueued.add(series.id)

    def _cancel_jobs(self, series: Series) -> Series:
        for job in series.jobs:
            if self._job(job) is not None:
                self._desk.cancel(job)
        return self._change(replace(series, status=SeriesStatus.CANCELLED, finished=time.time()))

    def _change(self, series: Series) -> Series:
        """Write what a series has become, and say so."""
        self._store.change(series)
        if series.active:
            self._active[series.id] = series
            return series
        self._active.pop(series.id, None)
        self._enqueued.discard(series.id)
        for job in series.jobs:
            self._ended.pop(job, None)
        self._publish(series)
        return series

    def _publish(self, series: Series) -> None:
        told = self.told(series)
        picture = self._library.find(series.picture) if series.picture else None
        shape = {name: getattr(picture, name) for name in ("width", "height", "seed")} if picture else {}
        self._hub.publish("series", series=told.pop("id"), **told, **shape)

    def _job(self, job_id: str) -> Job | None:
        try:
            return self._ended.get(job_id) or self._desk.job(job_id)
        except JobNotFound:
            return None


def _with_job(cell: Cell) -> Cell:
    """The cell with the id that its job will have."""
    return replace(cell, job=secrets.token_hex(8)) if cell.request is not None else cell


def _gone(job_id: str) -> Job:
    """In place of a job that the queue no longer knows."""
    return Job(id=job_id, request=GenerationRequest(), status=JobStatus.FAILED, error="The job is gone.")
