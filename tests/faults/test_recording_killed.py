"""A process is killed with -9 in the middle of a recorded walk: the job goes on from its last recorded step."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.engine.counted_generator import FACTORY, counted
from tests.engine.engines import events, finished, request, running_engine, wait_until
from tests.server.server_process import Server
from webui.engine.engine import Engine
from webui.engine.jobs import JobStatus
from webui.engine.trajectory_file import load
from webui.generation.request import GenerationRequest

STEPS = 12


@pytest.fixture
def folder(tmp_path: Path, tiny_models_dir: Path) -> Path:
    return _folder(tmp_path, tiny_models_dir)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, tiny_models_dir: Path) -> Iterator[Engine]:
    """One for all whose workers alone are killed: it starts the next one by itself."""
    folder = _folder(tmp_path_factory.mktemp("engine"), tiny_models_dir)
    with running_engine(folder, factory=FACTORY, models=False) as engine:
        yield engine


def _folder(folder: Path, tiny_models_dir: Path) -> Path:
    (folder / "models").symlink_to(tiny_models_dir)
    (folder / "data").mkdir()
    return folder


def _request(**changes: object) -> GenerationRequest:
    return request("the cat", **{"steps": STEPS, "sampler": "Euler a", "model": "tiny", **changes})


@pytest.mark.parametrize(("batches", "killed_at"), [(1, 5), (3, STEPS + 4)])
def test_a_killed_workers_job_goes_on_where_it_was(engine: Engine, batches: int, killed_at: int) -> None:
    data_dir = engine.settings.data_dir
    asked = _request(batch_count=batches)
    undisturbed = finished(engine, engine.submit(asked))
    assert undisturbed.status is JobStatus.DONE
    before = counted(data_dir)
    job = engine.submit(asked)
    wait_until(lambda: engine.job(job.id).step >= killed_at)
    worker = engine.worker_pid
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    happened = events(engine, job)
    done = finished(engine, job)
    assert (done.status, done.attempt) == (JobStatus.DONE, 2)
    assert done.images == undisturbed.images  # ids are hashes of the bytes
    # The call that was under way when the worker died is made again, and no other.
    assert STEPS * batches <= counted(data_dir) - before <= STEPS * batches + 1
    told = [event for event in happened if event["type"] == "recorded"]
    assert {event["trajectory"] for event in told} == {
        event["trajectory"] for event in happened if event["type"] == "image_done"
    }
    for picture in done.images:
        found = engine.trajectories.of_picture(picture)
        assert found is not None
        assert load(engine.trajectories.path(found[0])).positions == STEPS
    assert engine.trajectories.files.journals() == []


@pytest.mark.slow
def test_a_killed_servers_job_goes_on_in_the_next_one(folder: Path) -> None:
    data_dir = folder / "data"
    wanted = {"steps": STEPS, "sampler": "Euler a", "model": "tiny", "batch_count": 2}
    server = Server(folder, models=False, factory=FACTORY).wait_ready()
    undisturbed = server.finished(server.submit("the cat", **wanted))
    before = counted(data_dir)
    job = server.submit("the cat", **wanted)
    wait_until(lambda: server.job(job)["step"] >= STEPS + 4)
    children = psutil.Process(server.process.pid).children(recursive=True)
    server.kill()
    _gone, alive = psutil.wait_procs(children, timeout=20)
    assert not alive

    again = Server(folder, models=False, factory=FACTORY).wait_ready()
    done = again.finished(job)
    assert (done["status"], done["images"]) == ("done", undisturbed["images"])
    # The first batch is decoded again, and of the second one only the missing steps are made.
    assert 2 * STEPS <= counted(data_dir) - before <= 2 * STEPS + 1
    listed = {picture["id"]: picture for picture in again.client.get("/api/v1/images").json()}
    assert all(listed[picture]["trajectory"] for picture in done["images"])
    again.stop()
    assert not list((data_dir / "trajectories" / "journals").iterdir())


def test_a_job_that_kills_two_workers_leaves_what_it_recorded(engine: Engine) -> None:
    job = engine.submit(_request(steps=40))
    for step in (3, 6):
        wait_until(lambda step=step: engine.job(job.id).step >= step)
        worker = engine.worker_pid
        assert worker is not None
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda worker=worker: engine.worker_pid != worker)
    failed = finished(engine, job)
    assert failed.status is JobStatus.FAILED
    (entry,) = [each for each in engine.trajectories.recent(20) if each.job == job.id]
    assert not entry.complete
    assert 5 <= entry.positions < 40
    assert load(engine.trajectories.path(entry.id)).positions == entry.positions
    assert [event.payload["trajectory"] for event in engine.hub.past(job.id) if event.type == "recorded"] == [entry.id]


def test_a_cancelled_job_keeps_its_recording_and_the_budget_is_kept(engine: Engine) -> None:
    before = {each.id for each in engine.trajectories.recent(20)}
    job = engine.submit(_request(steps=40))
    wait_until(lambda: engine.job(job.id).step >= 3)
    engine.cancel(job.id)
    assert finished(engine, job).status is JobStatus.CANCELLED
    (entry,) = [each for each in engine.trajectories.recent(20) if each.id not in before]
    assert not entry.complete
    engine.recording_policy.change(record="off")
    finished(engine, engine.submit(_request()))
    assert {each.id for each in engine.trajectories.recent(20)} == before | {entry.id}
    engine.recording_policy.change(record="guidance")
    finished(engine, engine.submit(_request()))
    (newest,) = [each for each in engine.trajectories.recent(20) if each.id not in before | {entry.id}]
    assert engine.trajectories.summary(newest.id).header.guidance
