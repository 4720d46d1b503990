import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.engine.engines import wait_until
from tests.sharing.processes import has_ended
from webui.sharing.tunnel_program import TunnelProgram

ROOT = Path(__file__).parents[2]
STUBBORN = (
    "import os, signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "child = subprocess.Popen(['sleep', '600']); print(os.getpid(), child.pid, flush=True); time.sleep(600)"
)


def program(code: str) -> TunnelProgram:
    return TunnelProgram([sys.executable, "-I", "-c", code])


def pids_of(started: TunnelProgram) -> list[int]:
    line = started.next_line(30)
    assert line is not None
    return [int(word) for word in line.split()]


def test_what_it_says_is_read_line_by_line_to_its_end() -> None:
    started = program("import sys; print('one'); print('two', file=sys.stderr)")
    assert {started.next_line(30), started.next_line(30)} == {"one", "two"}
    assert started.next_line(30) is None
    started.stop()


def test_one_that_says_nothing_is_waited_for_no_longer_than_that() -> None:
    started = program("import time; time.sleep(600)")
    with pytest.raises(TimeoutError):
        started.next_line(0.05)
    started.stop()


def test_stopping_ends_what_it_has_started_even_when_it_will_not_end() -> None:
    started = program(STUBBORN)
    pids = pids_of(started)
    started.stop()
    wait_until(lambda: all(has_ended(pid) for pid in [*pids, started.pid]))
    started.stop()  # once more does no harm


def test_its_end_is_told_once_and_not_when_it_was_stopped() -> None:
    told: list[str] = []
    ends = program("print('here')")
    ends.on_end(lambda: told.append("ended"))
    wait_until(lambda: bool(told))
    ends.stop()
    stopped = program("import time; time.sleep(600)")
    stopped.on_end(lambda: told.append("stopped"))
    stopped.stop()
    wait_until(lambda: has_ended(stopped.pid))
    assert told == ["ended"]


def test_it_ends_with_whoever_started_it_however_that_ends() -> None:
    owner = subprocess.Popen(
        [
            sys.executable, "-c",
            "import sys, time; from webui.sharing.tunnel_program import TunnelProgram;"
            f"started = TunnelProgram([sys.executable, '-I', '-c', {STUBBORN!r}]);"
            "print(started.pid, started.next_line(30), flush=True); time.sleep(600)",
        ],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert owner.stdout is not None
    pids = [int(word) for word in owner.stdout.readline().split()]
    assert len(pids) == 3
    assert all(psutil.pid_exists(pid) for pid in pids)
    owner.kill()
    owner.wait()
    wait_until(lambda: all(has_ended(pid) for pid in pids))
    owner.stdout.close()
