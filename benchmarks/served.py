"""A server in a process of its own, with the timed generator in its worker."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.timed_generator import LOG_VARIABLE

_CODE = """
from webui.server.serve import serve
from webui.settings import load_settings
settings = load_settings(data_dir={data_dir!r}, port=0, open_browser=False)
serve(settings, generator_factory="benchmarks.timed_generator:create")
"""


class Served:
    """The running server and what its worker wrote down."""

    def __init__(self, address: str, pid: int, log: Path) -> None:
        self.address = address
        self.pid = pid
        self._log = log

    def submit(self, **request: Any) -> str:
        """Enqueues a job; its id."""
        return httpx.post(f"{self.address}/api/v1/jobs", json=request, timeout=30).raise_for_status().json()["id"]

    def job(self, job: str) -> dict[str, Any]:
        """What the API says of a job."""
        return httpx.get(f"{self.address}/api/v1/jobs/{job}", timeout=30).json()

    def finished(self, job: str) -> dict[str, Any]:
        """Waits for a job's end, by the API's event stream, which costs the server nothing meanwhile."""
        with httpx.stream("GET", f"{self.address}/api/v1/jobs/{job}/events", timeout=None) as response:
            for _ in response.iter_lines():
                pass
        return self.job(job)

    def times(self, job: str) -> dict[str, Any]:
        """What the timed generator wrote down for a job."""
        lines = self._log.read_text(encoding="utf-8").splitlines()
        return next(record for record in map(json.loads, lines) if record["job"] == job)

    def wait_until_ready(self) -> None:
        """Until jobs are accepted, the page is mounted and the model is warm."""
        while True:
            health = httpx.get(f"{self.address}/api/v1/health", timeout=30).json()
            if health.get("page") and health["worker"]["worker"] == "ready" and not health["worker"].get("warming"):
                return
            time.sleep(0.1)


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Starts a server with a fresh data folder below `folder`."""
    log = folder / "times.jsonl"
    code = _CODE.format(data_dir=str(folder / "data"))
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=os.environ | {LOG_VARIABLE: str(log)}, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        server = Served(found.group(), process.pid, log)
        server.wait_until_ready()
        yield server
    finally:
        process.terminate()
        process.wait(30)
