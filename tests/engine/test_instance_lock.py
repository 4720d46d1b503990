import os
import subprocess
import sys
from pathlib import Path

import pytest

from webui.engine.instance_lock import InstanceLock
from webui.errors import StartFailed


def test_a_second_holder_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    first = InstanceLock(tmp_path)
    first.acquire()
    with pytest.raises(StartFailed, match=rf"pid {os.getpid()}\b"):
        InstanceLock(tmp_path).acquire()
    first.release()
    InstanceLock(tmp_path).acquire()


def test_the_lock_of_a_dead_process_is_free(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from webui.engine.instance_lock import InstanceLock;"
        "InstanceLock(Path(sys.argv[1])).acquire(); os.kill(os.getpid(), 9)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=root, check=False)
    assert done.returncode == -9
    lock = InstanceLock(tmp_path)
    lock.acquire()
    assert lock.held


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartFailed, match="cannot be written"):
        InstanceLock(tmp_path / "file" / "data").acquire()
