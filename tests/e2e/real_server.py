"""A real server in a process of its own, as `python app.py` starts it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil

ROOT = Path(__file__).parents[2]
READY_SECONDS = 120


class ServerProcess:
    """Knows the server's address and data folder, and can do to it what the world does."""

    def __init__(
        self, process: "subprocess.Popen[str]", address: str, data_dir: Path, account: tuple[str, str] | None = None
    ) -> None:
        self.process = process
        self.address = address
        self.data_dir = data_dir
        self.account = account

    def get(self, path: str) -> Any:
        """The JSON at a path of the API."""
        return httpx.get(f"{self.address}{path}", timeout=30, auth=self.account).json()

    def wait_for(self, path: str, accept: Any, seconds: float = READY_SECONDS) -> Any:
        """Asks until an answer is accepted."""
        end = time.monotonic() + seconds
        answer = None
        while time.monotonic() < end:
            answer = self.get(path)
            if accept(answer):
                return answer
            time.sleep(0.05)
        raise AssertionError(f"{path} did not come to what was waited for; last: {answer}")

    def worker(self) -> psutil.Process:
        """The worker: the one child that spawn started for work."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        alive = [child for child in children if child.status() != psutil.STATUS_ZOMBIE]
        return next(child for child in alive if any("spawn_main" in part for part in child.cmdline()))

    def pictures(self) -> list[Path]:
        """The picture files on disk."""
        return sorted((self.data_dir / "outputs").rglob("*.png"))


@contextmanager
def running_server(
    *,
    data_dir: Path,
    models_dir: Path | None,
    worker: bool = True,
    account: tuple[str, str] | None = None,
    **environment: str,
) -> Iterator[ServerProcess]:
    """Starts the server, waits until its page and its worker are ready, and stops it afterwards.

    Args:
        data_dir: its data folder.
        models_dir: the only models folder; None leaves the repository's own.
        worker: whether to wait for the worker too; tests that make no picture need none.
        account: name and password of somebody who may do everything; None asks nobody here to log in.
        environment: more variables.
    """
    variables = os.environ | {"PYTHONUNBUFFERED": "1"} | environment
    if account is not None:
        variables["DARKROOM_AUTH"] = json.dumps([":".join(account)])
    if models_dir is not None:
        variables["DARKROOM_MODELS_DIRS"] = f'["{models_dir}"]'
    command = [sys.executable, "app.py", "--no-browser", "--port", "0", "--data-dir", str(data_dir)]
    process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        # Extensions may have printed something before.
        found = next((found for line in process.stdout if (found := re.search(r"is at (http://\S+)", line))), None)
        assert found, "the server did not say where it is"
        server = ServerProcess(process, found.group(1), data_dir, account)
        server.wait_for("/api/v1/health", lambda health: health.get("status") == "ok" and health.get("page"))
        if worker:
            server.wait_for("/api/v1/health", lambda health: health["worker"]["worker"] == "ready")
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        if process.stdout:
            process.stdout.close()
