"""How far the running job is, in A1111's form: for `progress` of the API, and for that of its page."""

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webui.access.principal import Principal
from webui.engine.engine import Engine
from webui.engine.jobs import Job, JobStatus

_BEGUN = 0.01
"""What A1111 tells of a job of which nothing is done yet, so that clients see it is not idle."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A running job at one moment.

    Args:
        job: which.
        step: steps done of the current batch; `steps` in all.
        batch: batches done; `batches` in all.
        now: when it was looked at, seconds since 1970.
    """

    job: Job
    step: int
    steps: int
    batch: int
    batches: int
    now: float

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        within = self.step / self.steps if self.steps else 0.0
        return min((self.batch + within) / max(self.batches, 1), 1.0)

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return max(self.now - (self.job.started or self.now), 0.0)

    def seconds_left(self, share: float) -> float:
        """How long the rest takes at the same pace."""
        return self.seconds / share - self.seconds if share > 0 else 0.0


def running(engine: Engine, principal: Principal) -> Job | None:
    """The job that runs, if it is one's own: clients show it, and interrupt it blindly, administrators' too."""
    first = next(iter(engine.jobs(principal.scope)), None)
    if first is None or first.status is not JobStatus.RUNNING:
        return None
    return first if engine.ownership.owner_of_job(first.id) == principal.owner else None


def moment_of(engine: Engine, job: Job) -> Moment:
    """Where a running job is, by the last step that it told of."""
    done = next((event.payload for event in reversed(engine.hub.past(job.id)) if event.type == "step_done"), None)
    request = job.request
    if done is None:
        return Moment(job, 0, request.steps, 0, request.batch_count, time.time())
    return Moment(job, done["index"], done["total"], done["batch"], done["batch_count"], time.time())


def told_progress(engine: Engine, principal: Principal, *, with_picture: bool) -> dict[str, Any]:
    """What `GET progress` answers."""
    job = running(engine, principal)
    if job is None:
        return {"progress": 0.0, "eta_relative": 0.0, "state": _state(None), "current_image": None, "textinfo": None}
    moment = moment_of(engine, job)
    share = min(moment.share + _BEGUN, 1.0)
    jpeg = preview(engine, moment) if with_picture else None
    return {
        "progress": share,
        "eta_relative": moment.seconds_left(share),
        "state": _state(moment),
        "current_image": base64.b64encode(jpeg).decode("ascii") if jpeg else None,
        "textinfo": None,
    }


def preview(engine: Engine, moment: Moment) -> bytes | None:
    """The newest preview of the first picture of the batch, JPEG; None before the first one."""
    return engine.frames.get(moment.job.id, moment.batch, moment.step, 0)


def _state(moment: Moment | None) -> Mapping[str, Any]:
    job = moment.job if moment else None
    started = job.started if job else None
    return {
        "skipped": False,
        "interrupted": False,
        "stopping_generation": False,
        "job": job.id if job else "",
        "job_count": moment.batches if moment else 0,
        "job_timestamp": datetime.fromtimestamp(started).strftime("%Y%m%d%H%M%S") if started else "0",
        "job_no": moment.batch if moment else 0,
        "sampling_step": moment.step if moment else 0,
        "sampling_steps": moment.steps if moment else 0,
    }
