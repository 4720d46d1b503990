"""The server is killed with -9 at many moments of a job: the job runs in the next one, and its picture is whole."""

import hashlib
import random
import sqlite3
import time
from pathlib import Path

import psutil
import pytest

from tests.engine.engines import wait_until
from tests.server.server_process import Server

MOMENTS = [0.0, 0.02, 0.05, 0.1, 0.2, 0.35, *(random.Random(2).uniform(0, 0.6) for _ in range(4))]
"""Seconds after acceptance; the job takes about 0.4 s, its pictures are saved at its end."""


@pytest.mark.slow
def test_no_accepted_job_is_lost_and_no_picture_is_broken_or_doubled(tmp_path: Path) -> None:
    accepted: list[str] = []
    for number, moment in enumerate(MOMENTS):
        server = Server(tmp_path).wait_ready()
        if number % 2 == 0:  # half of them with a worker that is ready, half while it starts
            wait_until(lambda server=server: server.client.get("/api/v1/health").json()["worker"]["worker"] == "ready")
        for _ in range(2):
            accepted.append(server.submit(seed=100 * len(accepted), steps=15, batch_size=2))
        worker = server.client.get("/api/v1/health").json()["worker"]
        assert worker
        children = psutil.Process(server.process.pid).children(recursive=True)
        time.sleep(moment)
        server.kill()
        _gone, alive = psutil.wait_procs(children, timeout=20)
        assert not alive

    server = Server(tmp_path).wait_ready()
    done = [server.finished(job) for job in accepted]
    assert [job["status"] for job in done] == ["done"] * len(accepted)
    pictures = [picture for job in done for picture in job["images"]]
    assert len(pictures) == len(set(pictures)) == 2 * len(accepted)
    for picture in pictures:
        content = server.client.get(f"/api/v1/images/{picture}").raise_for_status().content
        assert hashlib.sha256(content).hexdigest()[:32] == picture
    server.stop()

    files = [file for file in (tmp_path / "data" / "outputs").rglob("*") if file.is_file()]
    hashes = {hashlib.sha256(file.read_bytes()).hexdigest()[:32] for file in files}
    assert hashes == set(pictures)
    assert len(files) == len(pictures)
    with sqlite3.connect(tmp_path / "data" / "darkroom.sqlite3") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM jobs").fetchone() == (len(accepted),)


def test_a_job_that_ran_runs_again_in_the_next_server_with_the_same_seed(tmp_path: Path) -> None:
    server = Server(tmp_path).wait_ready()
    job = server.submit("slow", steps=50, seed=-1)
    wait_until(lambda: server.job(job)["step"] >= 2)
    seed = server.job(job)["request"]["seed"]
    server.kill()

    again = Server(tmp_path).wait_ready()
    wait_until(lambda: again.job(job)["step"] >= 1)
    found = again.job(job)
    assert (found["status"], found["request"]["seed"], found["attempt"]) == ("running", seed, 1)
    again.close()
