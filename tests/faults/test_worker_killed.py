"""The worker is killed with -9 during a job."""

import os
import signal
from pathlib import Path

import pytest

from tests.engine.engines import events, finished, request, running_engine, wait_until
from webui.engine.engine import Engine
from webui.engine.jobs import JobStatus


def _kill_worker(engine: Engine) -> int:
    worker = engine.worker_pid
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    return worker


def test_the_job_begins_again_in_a_new_worker_and_finishes(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        job = engine.submit(request("slow", steps=8))
        behind = engine.submit(request(seed=500))
        wait_until(lambda: engine.job(job.id).step >= 2)
        killed = _kill_worker(engine)
        happened = events(engine, job)
        lost = next(event for event in happened if event["type"] == "worker_lost")
        assert lost["retrying"] is True
        assert "killed" in lost["message"]
        attempts = [event["attempt"] for event in happened if event["type"] == "started"]
        assert attempts == [1, 2]
        done = finished(engine, job)
        assert (done.status, done.attempt, len(done.images)) == (JobStatus.DONE, 2, 1)
        assert engine.worker_pid != killed
        assert finished(engine, behind).status is JobStatus.DONE


@pytest.mark.parametrize("step", [1, 3, 4])
def test_a_job_that_kills_two_workers_fails_and_the_next_one_works(tmp_path: Path, step: int) -> None:
    with running_engine(tmp_path) as engine:
        poison, after = engine.submit(request(f"die at {step}")), engine.submit(request())
        failed = finished(engine, poison)
        assert failed.status is JobStatus.FAILED
        assert "crashed the worker twice" in (failed.error or "")
        assert [event.payload["retrying"] for event in engine.hub.past(poison.id) if event.type == "worker_lost"] == [
            *(True, False)
        ]
        assert finished(engine, after).status is JobStatus.DONE


def test_a_job_that_failed_so_is_not_begun_again_at_the_next_start(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        poison = engine.submit(request("die at 1"))
        finished(engine, poison)
    with running_engine(tmp_path) as engine:
        assert engine.job(poison.id).status is JobStatus.FAILED
        assert finished(engine, engine.submit(request())).status is JobStatus.DONE


def test_a_retried_job_makes_the_same_picture(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        died = finished(engine, engine.submit(request(f"die once {tmp_path / 'mark'}", batch_size=2, seed=9)))
        assert died.attempt == 2
        # The prompt is part of the file, so the same words again; the mark is there, so nobody dies.
        clean = finished(engine, engine.submit(died.request))
        assert (clean.attempt, clean.images) == (1, died.images)


def test_an_idle_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        for _ in range(3):
            wait_until(lambda: engine.status()["worker"] == "ready")
            killed = _kill_worker(engine)
            wait_until(lambda killed=killed: engine.worker_pid not in (None, killed))
            assert finished(engine, engine.submit(request())).status is JobStatus.DONE


def test_a_cancelled_job_whose_worker_dies_is_not_begun_again(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        job = engine.submit(request("hang"))
        wait_until(lambda: engine.job(job.id).step == 1)
        engine.cancel(job.id)
        _kill_worker(engine)
        assert finished(engine, job).status is JobStatus.CANCELLED
