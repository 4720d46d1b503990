"""A real server in its own process, with the fake generator, for tests."""

import json
import os
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.engine.engines import FACTORY, LONG, wait_until
from tests.engine.fake_model import make_model

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from pathlib import Path
from webui.errors import WebUIError
from webui.server.serve import serve
from webui.settings import Settings

if __name__ == "__main__":
    try:
        settings, page = Settings.model_validate_json(sys.argv[1]), sys.argv[3] == "page"
        serve(settings, generator_factory=sys.argv[2], page=page)
    except WebUIError as error:
        sys.exit(f"darkroom: {error}")
"""


class Server:
    """Starts at construction; `client` speaks to it once `wait_ready` has returned.

    Args:
        folder: where `data` and `models` are; used again by the next server after this one was killed.
        models: whether there is a model.
        factory: what makes the generator in the worker.
        page: whether there is the page, which takes seconds to build.
        settings: others than the defaults.
    """

    def __init__(
        self, folder: Path, *, models: bool = True, factory: str = FACTORY, page: bool = False, **settings: Any
    ) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        (folder / "models").mkdir(parents=True, exist_ok=True)
        if models:
            make_model(folder / "models")
        script = folder / "server.py"
        script.write_text(SCRIPT)
        given = {
            "data_dir": str(self.data_dir), "models_dirs": [str(folder / "models")], "port": 0, "open_browser": False,
            **settings,
        }  # fmt: skip
        self.stderr = folder / "stderr.txt"
        self.process = subprocess.Popen(
            [sys.executable, str(script), json.dumps(given), factory, "page" if page else "no page"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=self.stderr.open("a"),
            text=True,
        )
        weakref.finalize(self, self.process.kill)  # also where a test fails before it is closed
        self.url = ""
        self.client = httpx.Client()

    def wait_ready(self, auth: tuple[str, str] | None = None) -> "Server":
        """Wait until jobs are accepted. `auth`: a name and a password, where the server asks for them."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "http://" in line, self.stderr.read_text()
        self.url = next(word for word in line.split() if word.startswith("http://")).partition("/login")[0]
        self.client = httpx.Client(base_url=self.url, timeout=LONG, auth=auth)
        wait_until(lambda: self.client.get("/api/v1/health").status_code == 200)
        return self

    def submit(self, prompt: str = "a boat", **changes: Any) -> str:
        """Submit a small job; returns its id."""
        wanted = {"prompt": prompt, "seed": 7, "steps": 4, "width": 64, "height": 64, **changes}
        answer = self.client.post("/api/v1/jobs", json=wanted)
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    def job(self, job: str) -> dict[str, Any]:
        """A job as it is now."""
        return self.client.get(f"/api/v1/jobs/{job}").raise_for_status().json()

    def finished(self, job: str) -> dict[str, Any]:
        """Wait for a job's end."""
        wait_until(lambda: self.job(job)["status"] not in ("queued", "running"))
        return self.job(job)

    def events(self, job: str) -> list[dict[str, Any]]:
        """A job's events from its beginning to its end."""
        with self.client.stream("GET", f"/api/v1/jobs/{job}/events") as answer:
            return list(read_events(answer))

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self.close()

    def stop(self, number: int = signal.SIGTERM) -> float:
        """End it as its user would; returns the seconds that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(LONG)
        took = time.monotonic() - began
        self.close()
        return took

    def close(self) -> None:
        """Let go of it, and end it when it still runs."""
        self.client.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def read_events(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    """The events of a stream, with the number from the line before as `id`."""
    number = None
    for line in answer.iter_lines():
        if line.startswith("id: "):
            number = int(line[4:])
        elif line.startswith("data: "):
            yield {"id": number, **json.loads(line[6:])}
