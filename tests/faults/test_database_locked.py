"""Another program holds the database for a while."""

import sqlite3
import threading
import time
from pathlib import Path

from tests.engine.engines import wait_until
from tests.server.server_process import Server


def _hold(server: Server, seconds: float) -> threading.Thread:
    held = threading.Event()

    def hold() -> None:
        connection = sqlite3.connect(server.data_dir / "darkroom.sqlite3", timeout=30, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
        held.set()
        time.sleep(seconds)
        connection.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)
    return thread


def test_three_seconds_only_delay(tmp_path: Path) -> None:
    server = Server(tmp_path).wait_ready()
    holding = _hold(server, 3)
    began = time.monotonic()
    assert server.client.get("/api/v1/health").status_code == 200
    assert time.monotonic() - began < 2  # looking is not held up
    job = server.submit()
    assert time.monotonic() - began > 2
    assert server.finished(job)["status"] == "done"
    holding.join()
    server.close()


def test_longer_is_told_and_loses_nothing(tmp_path: Path) -> None:
    server = Server(tmp_path).wait_ready()
    running = server.submit("slow", steps=10)
    wait_until(lambda: server.job(running)["step"] >= 1)
    holding = _hold(server, 12)
    answer = server.client.post("/api/v1/jobs", json={"prompt": "a boat"})
    assert answer.status_code == 503
    assert "busy" in answer.json()["error"]
    holding.join()
    done = server.finished(running)
    assert (done["status"], len(done["images"])) == ("done", 1)
    assert server.client.get(f"/api/v1/images/{done['images'][0]}").status_code == 200
    assert server.finished(server.submit(seed=8))["status"] == "done"
    server.close()
