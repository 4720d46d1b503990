import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from webui.engine import job_queue
from webui.engine.event_hub import EventHub
from webui.engine.job_queue import JobQueue
from webui.engine.job_store import MAX_SERVER_STOPS, JobStore
from webui.engine.jobs import JobStatus
from webui.errors import JobNotFound
from webui.generation.request import GenerationRequest
from webui.library.database import Database

REQUEST = GenerationRequest(prompt="a boat", seed=7, steps=4, batch_count=2)


class Listening(EventHub):
    """A hub that remembers which events it was given while the jobs looked how."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.seen: list[tuple[str, str | None]] = []

    def publish(self, kind: str, *, job: str | None = None, **fields: object) -> int:
        # Another connection sees only what has been committed.
        connection = sqlite3.connect(self._path)
        rows = connection.execute("SELECT status FROM jobs WHERE id = ?", (job,)).fetchall()
        connection.close()
        self.seen.append((kind, rows[0][0] if rows else None))
        return super().publish(kind, job=job, **fields)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "jobs.sqlite3")
    yield database
    database.close()


def _queue(database: Database) -> tuple[JobQueue, Listening]:
    hub = Listening(database.path)
    return JobQueue(JobStore(database), hub), hub


def test_everything_is_committed_before_it_is_said(database: Database) -> None:
    jobs, hub = _queue(database)
    jobs.submit(REQUEST)
    jobs.claim_next()
    jobs.finish_running(JobStatus.DONE)
    waiting = jobs.submit(REQUEST)
    jobs.cancel(waiting.id)
    jobs.submit(REQUEST)
    jobs.claim_next()
    jobs.finish_running(JobStatus.FAILED, error="no")
    said = [("queued", "queued"), ("started", "running"), ("finished", "done"), ("queued", "queued")]
    said += [("finished", "cancelled"), ("queued", "queued"), ("started", "running"), ("failed", "failed")]
    assert hub.seen == said


def test_jobs_run_in_the_order_they_came_and_know_their_place(database: Database) -> None:
    jobs, _ = _queue(database)
    accepted = [jobs.submit(REQUEST) for _ in range(3)]
    assert [job.position for job in accepted] == [0, 1, 2]
    first = jobs.claim_next()
    assert first is not None
    assert first.job.id == accepted[0].id
    assert [job.position for job in jobs.active()] == [0, 1, 2]
    jobs.finish_running(JobStatus.DONE)
    assert [(job.id, job.position) for job in jobs.active()] == [(accepted[1].id, 0), (accepted[2].id, 1)]
    assert jobs.find(accepted[0].id).position == 0


def test_a_job_knows_its_steps_over_all_batches(database: Database) -> None:
    jobs, _ = _queue(database)
    assert jobs.submit(REQUEST).total == 8


def test_a_requeued_job_keeps_its_place(database: Database) -> None:
    jobs, _ = _queue(database)
    accepted = [jobs.submit(REQUEST) for _ in range(2)]
    jobs.claim_next()
    jobs.requeue_running(uncount=False)
    again = jobs.claim_next()
    assert again is not None
    assert (again.job.id, again.job.attempt) == (accepted[0].id, 2)


def test_cancelling_is_final_and_can_be_repeated(database: Database) -> None:
    jobs, _ = _queue(database)
    job = jobs.submit(REQUEST)
    assert jobs.cancel(job.id).status is JobStatus.CANCELLED
    assert jobs.cancel(job.id).status is JobStatus.CANCELLED
    assert jobs.claim_next() is None
    with pytest.raises(JobNotFound):
        jobs.cancel("unknown")


def test_after_a_restart_running_jobs_wait_again_in_front(database: Database) -> None:
    jobs, _ = _queue(database)
    accepted = [jobs.submit(REQUEST) for _ in range(2)]
    jobs.claim_next()
    restarted, hub = _queue(database)
    restarted.recover()
    assert [job.status for job in restarted.active()] == ["queued", "queued"]
    assert hub.seen == [("queued", "queued"), ("queued", "queued")]
    again = restarted.claim_next()
    assert again is not None
    assert (again.job.id, again.job.attempt) == (accepted[0].id, 1)


def test_a_job_over_which_the_server_dies_again_and_again_is_given_up(database: Database) -> None:
    jobs, _ = _queue(database)
    job = jobs.submit(REQUEST)
    for _ in range(MAX_SERVER_STOPS + 1):
        jobs, _ = _queue(database)
        jobs.recover()
        assert jobs.claim_next() is not None
    jobs, _ = _queue(database)
    jobs.recover()
    found = jobs.find(job.id)
    assert found.status is JobStatus.FAILED
    assert "6 times" in (found.error or "")


def test_an_end_that_the_disk_does_not_take_is_kept_and_written_later(database: Database) -> None:
    jobs, _ = _queue(database)
    job = jobs.submit(REQUEST)
    jobs.claim_next()
    other = sqlite3.connect(database.path)
    database._writer.execute("PRAGMA busy_timeout = 100")
    other.execute("BEGIN IMMEDIATE")
    jobs.finish_running(JobStatus.DONE)
    assert jobs.find(job.id).status is JobStatus.DONE
    assert jobs.active() == []
    other.execute("ROLLBACK")
    other.close()
    jobs.write_waiting()
    found = JobStore(database).find(job.id)
    assert found is not None
    assert found.status is JobStatus.DONE


def test_a_job_of_another_version_is_shown_as_far_as_it_is_understood(database: Database) -> None:
    jobs, _ = _queue(database)
    job = jobs.submit(REQUEST)
    with database.write() as connection:
        connection.execute('UPDATE jobs SET request = \'{"prompt": "old", "steps": 9999, "magic": 1}\'')
    assert jobs.find(job.id).request.prompt == "old"


def test_the_order_is_told_when_it_has_changed_and_only_then(database: Database) -> None:
    jobs, hub = _queue(database)
    accepted = [jobs.submit(REQUEST) for _ in range(2)]
    news = hub.subscribe(lambda: None)
    jobs.publish_changes()
    jobs.publish_changes()
    (event,) = news.take()
    assert event.payload["jobs"] == [
        {"id": job.id, "owner": "", "position": place, "prompt": "a boat"} for place, job in enumerate(accepted)
    ]


def test_many_changes_at_once_are_told_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs, hub = _queue(database)
    news = hub.subscribe(lambda: None)
    monkeypatch.setattr(job_queue, "TELL_SECONDS", 3600.0)
    for _ in range(20):
        jobs.submit(REQUEST)
        jobs.publish_changes()
    told = [event.payload["length"] for event in news.take() if event.type == "queue"]
    assert len(told) <= 1  # none on a machine that has just been started
    assert jobs.has_news
    monkeypatch.setattr(job_queue, "TELL_SECONDS", 0.0)
    jobs.publish_changes()
    assert [event.payload["length"] for event in news.take()] == [20]
    assert not jobs.has_news
