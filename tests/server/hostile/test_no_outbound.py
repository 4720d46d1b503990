"""The server asks no other machine: not when it starts, not when its page is opened, not when it makes a picture."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = Path(__file__).with_name("without_a_way_out.py")
WAYS = (["unshare", "--net", "--mount"], ["unshare", "--user", "--map-root-user", "--net", "--mount"])


def _in_a_network_of_its_own() -> list[str]:
    if shutil.which("unshare"):
        for way in WAYS:
            if subprocess.run([*way, "true"], check=False, capture_output=True, timeout=30).returncode == 0:
                return way
    pytest.skip("this system lets nobody make a network of one's own (unshare --net)")


@pytest.mark.slow
def test_nothing_is_asked_of_other_machines(tiny_models_dir: Path, tmp_path: Path) -> None:
    command = [*_in_a_network_of_its_own(), sys.executable, str(SCRIPT), str(tmp_path), str(tiny_models_dir)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0, ran.stderr[-3000:]
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["one look-up"] > 0, "what is asked is not counted here, so that 0 would say nothing"
    assert told["the server"] == 0
    assert told["pictures"] == 1
