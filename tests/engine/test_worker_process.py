"""The worker's process on its own: what it does about garbage, orphanhood and signals."""

import os
import queue
import signal
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.engine.engines import FACTORY, LONG, request, running_engine, wait_until
from webui.engine import worker_process
from webui.engine.jobs import JobStatus
from webui.engine.messages import Run, WorkerReport
from webui.engine.worker_process import Lost, WorkerProcess

ROOT = Path(__file__).parents[2]


def _start(tmp_path: Path, factory: str = FACTORY) -> tuple[WorkerProcess, "queue.SimpleQueue[Any]"]:
    said: queue.SimpleQueue[Any] = queue.SimpleQueue()
    worker = WorkerProcess(factory, (tmp_path,), tmp_path / "data", lambda _worker, report: said.put(report))
    worker.start()
    return worker, said


def test_a_worker_reports_when_it_takes_jobs_and_when_it_is_gone(tmp_path: Path) -> None:
    worker, said = _start(tmp_path)
    assert isinstance(said.get(timeout=LONG), WorkerReport)
    worker.kill()
    lost = said.get(timeout=LONG)
    assert isinstance(lost, Lost)
    assert "killed" in lost.cause
    worker.send(Run(job="a", request={}))  # to a dead process: nothing happens


def test_the_terminals_signals_do_not_end_a_worker(tmp_path: Path) -> None:
    worker, said = _start(tmp_path)
    said.get(timeout=LONG)
    assert worker.pid is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(worker.pid, number)
    assert not worker.join(0.5)
    worker.kill()
    assert worker.join(LONG)


@pytest.mark.parametrize("garbage", [b"", b"\x00" * 50, b"\x80\x04\x95garbage", b"\x81\xa4type\xa3run"])
def test_a_worker_that_sends_garbage_is_ended_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, garbage: bytes
) -> None:
    def receive(connection: Connection) -> bytes:
        connection.recv_bytes()
        return garbage

    monkeypatch.setattr(worker_process, "_receive", receive)
    worker, said = _start(tmp_path)
    lost = said.get(timeout=LONG)
    assert isinstance(lost, Lost)
    assert "not a report" in lost.cause
    assert worker.join(LONG)


def test_a_worker_dies_with_the_web_process(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from webui.engine.worker_process import WorkerProcess\n"
        "if __name__ == '__main__':\n"
        f"    worker = WorkerProcess({FACTORY!r}, (), Path(sys.argv[1]), lambda *said: print(worker.pid, flush=True))\n"
        "    worker.start(); time.sleep(600)\n"
    )
    script = tmp_path / "web.py"
    script.write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    web = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert web.stdout is not None
    worker = int(web.stdout.readline())
    web.kill()
    web.wait()
    wait_until(lambda: not _alive(worker))
    web.stdout.close()


def _alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_worker_that_cannot_start_fails_the_waiting_job_and_says_why(tmp_path: Path) -> None:
    with running_engine(tmp_path, factory="tests.engine.fake_generator:create_broken") as engine:
        job = engine.submit(request())
        wait_until(lambda: not engine.job(job.id).active)
        failed = engine.job(job.id)
        assert failed.status is JobStatus.FAILED
        assert "cannot start" in (failed.error or "")
        assert engine.status()["worker"] == "down"
        assert "this machine cannot compute" in (tmp_path / "data" / "logs" / "worker.log").read_text()


def test_a_job_that_does_not_stop_when_asked_is_ended_with_its_worker(tmp_path: Path) -> None:
    with running_engine(tmp_path, cancel_grace_s=0.5) as engine:
        job = engine.submit(request("hang"))
        wait_until(lambda: engine.job(job.id).step == 1)
        engine.cancel(job.id)
        wait_until(lambda: not engine.job(job.id).active)
        assert engine.job(job.id).status is JobStatus.CANCELLED
        after = engine.submit(request())
        wait_until(lambda: engine.job(after.id).status is JobStatus.DONE)


def test_stopping_is_quick_even_when_the_worker_hangs(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        job = engine.submit(request("hang"))
        wait_until(lambda: engine.job(job.id).step == 1)
        worker = engine.worker_pid
        began = time.monotonic()
        engine.stop()
        assert time.monotonic() - began < 9
        assert worker is not None
        assert not _alive(worker)
        found = engine.job(job.id)
        assert (found.status, found.attempt) == (JobStatus.QUEUED, 0)
