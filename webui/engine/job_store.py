"""Jobs in SQLite. Every method that changes something has committed it when it returns."""

import json
import sqlite3
import time

from webui.engine.jobs import Job, JobStatus
from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest
from webui.library.database import Database
from webui.library.pictures import Folder

_ACTIVE = f"('{JobStatus.QUEUED}', '{JobStatus.RUNNING}')"
_PLACE = f"(SELECT count(*) FROM jobs AS other WHERE other.status IN {_ACTIVE} AND other.number < jobs.number)"
_SELECT = f"SELECT *, CASE WHEN status IN {_ACTIVE} THEN {_PLACE} ELSE 0 END AS position FROM jobs"
MAX_SERVER_STOPS = 5
"""A job that runs while the server dies so often is taken to be the cause."""


class JobStore:
    """Rows of the table `jobs`.

    Raises:
        StorageUnavailable: from every method, when the disk is full or the database is held by another program.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, job: str, request: GenerationRequest, owner: str, folder: Folder = Folder.PICTURES) -> None:
        """Accept a job of somebody at the end of the queue; its pictures go to `folder`."""
        total = request.steps * request.batch_count
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO jobs (id, request, status, total, created, owner, folder) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (job, request.model_dump_json(), JobStatus.QUEUED.value, total, time.time(), owner, folder.value),
            )

    def find(self, job: str) -> Job | None:
        """The job of that id."""
        rows = self._database.read(f"{_SELECT} WHERE id = ?", (job,))
        return _job(rows[0]) if rows else None

    def active(self) -> list[Job]:
        """Running and queued jobs in the order they run."""
        rows = self._database.read(f"SELECT *, 0 AS position FROM jobs WHERE status IN {_ACTIVE} ORDER BY number")
        return [_job(row, place) for place, row in enumerate(rows)]

    def recent(self, limit: int, scope: str | None) -> list[Job]:
        """Jobs of somebody that have ended, the newest first; everybody's where the scope is None."""
        query = (
            f"SELECT *, 0 AS position FROM jobs WHERE status NOT IN {_ACTIVE} AND (? IS NULL OR owner = ?)"
            " ORDER BY number DESC LIMIT ?"
        )
        return [_job(row) for row in self._database.read(query, (scope, scope, limit))]

    def waiting(self) -> int:
        """How many jobs are queued or running."""
        return self._database.read(f"SELECT count(*) FROM jobs WHERE status IN {_ACTIVE}")[0][0]

    def counted(self, owner: str) -> tuple[int, int]:
        """How many jobs of somebody wait or run, and how many there ever were."""
        query = f"SELECT coalesce(sum(status IN {_ACTIVE}), 0) AS active, count(*) AS ever FROM jobs WHERE owner = ?"
        row = self._database.read(query, (owner,))[0]
        return row["active"], row["ever"]

    def claim_next(self) -> Job | None:
        """Take the first queued job to run it; its attempt is counted."""
        with self._database.write() as connection:
            row = connection.execute(
                "UPDATE jobs SET status = ?, attempt = attempt + 1, started = ?, step = 0, images = '[]' WHERE number ="
                " (SELECT min(number) FROM jobs WHERE status = ?) RETURNING *, 0 AS position",
                (JobStatus.RUNNING.value, time.time(), JobStatus.QUEUED.value),
            ).fetchone()
        return _job(row) if row else None

    def requeue(self, job: str, *, uncount: bool) -> None:
        """Give a running job back to its old place; `uncount` forgets the attempt, as nothing was wrong with it."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE jobs SET status = ?, attempt = attempt - ?, step = 0 WHERE id = ? AND status = ?",
                (JobStatus.QUEUED.value, int(uncount), job, JobStatus.RUNNING.value),
            )

    def cancel_queued(self, job: str) -> bool:
        """Cancel a job that waits; False when it does not wait (any more)."""
        with self._database.write() as connection:
            changed = connection.execute(
                "UPDATE jobs SET status = ?, finished = ? WHERE id = ? AND status = ?",
                (JobStatus.CANCELLED.value, time.time(), job, JobStatus.QUEUED.value),
            )
            return changed.rowcount == 1

    def finish(self, job: Job) -> None:
        """Write how a job ended."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE jobs SET status = ?, step = ?, total = ?, error = ?, hint = ?, field = ?, images = ?,"
                " finished = ? WHERE id = ?",
                (
                    *(job.status.value, job.step, job.total, job.error, job.hint, job.field),
                    *(json.dumps(job.images), job.finished, job.id),
                ),
            )

    def recover(self) -> None:
        """After the server died: running jobs wait again, unless this has happened too often to the same one."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE jobs SET status = ?, finished = ?, error = ?, hint = ? WHERE status = ? AND stops >= ?",
                (
                    JobStatus.FAILED.value,
                    time.time(),
                    f"The server stopped {MAX_SERVER_STOPS + 1} times while this job ran, so it was not begun again.",
                    "Try it with a smaller size or batch.",
                    JobStatus.RUNNING.value,
                    MAX_SERVER_STOPS,
                ),
            )
            connection.execute(
                "UPDATE jobs SET status = ?, stops = stops + 1, attempt = attempt - 1, step = 0 WHERE status = ?",
                (JobStatus.QUEUED.value, JobStatus.RUNNING.value),
            )


def _job(row: sqlite3.Row, position: int | None = None) -> Job:
    try:
        request = GenerationRequest.parse(json.loads(row["request"]))
    except InvalidRequest:  # written by another version, with other limits: shown as far as it is understood
        known = {
            name: value for name, value in json.loads(row["request"]).items() if name in GenerationRequest.model_fields
        }
        request = GenerationRequest.model_construct(**known)
    return Job(
        id=row["id"],
        request=request,
        status=JobStatus(row["status"]),
        position=row["position"] if position is None else position,
        images=tuple(json.loads(row["images"])),
        folder=Folder(row["folder"]),
        **{
            name: row[name]
            for name in (
                "step",
                "total",
                "error",
                "hint",
                "field",
                "created",
                "started",
                "finished",
                "attempt",
                "owner",
            )
        },
    )
