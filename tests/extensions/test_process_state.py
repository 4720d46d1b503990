import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from webui.extensions.process_state import kept_process_state

ROOT = Path(__file__).parents[2]
SCRIPT = """
import json, logging, os, sys, tempfile
from webui.extensions.process_state import kept_process_state

logging.basicConfig(format="%(message)s")
told = []
folder = os.getcwd()
with kept_process_state(told.append):
    {harm}
print("still here", flush=True)
print("and here", file=sys.stderr, flush=True)
logging.warning("in the log, too")
first = os.open({database!r}, os.O_CREAT | os.O_WRONLY)
assert os.getcwd() == folder and "PATH" in os.environ and first > 2
open({answer!r}, "w").write(json.dumps(told))
"""


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("os.close(1)", ["stdout"]),
        ("sys.stdout.close()", ["stdout"]),
        ("sys.stdout.close(); os.closerange(0, 3)", ["stdin", "stdout", "stderr"]),
        ("sys.stdout.close(); sys.stderr.close()", ["stdout", "stderr"]),
        ("sys.stdout = None; sys.stderr = 5", ["stdout", "stderr"]),
        ("os.dup2(os.open(os.devnull, os.O_RDWR), 1)", ["stdout"]),
        ("os.chdir(tempfile.mkdtemp()); os.rmdir(os.getcwd())", ["directory"]),
        ("os.environ.clear()", ["environment"]),
        ("logging.disable(logging.CRITICAL)", ["log"]),
        ("logging.getLogger().handlers.clear(); logging.getLogger().setLevel(100)", ["log"]),
        ("logging.getLogger('mine').addHandler(logging.NullHandler())", []),
        ("os.environ['MORE'] = 'x'; os.environ['PATH'] += ':/x'", []),
        ("pass", []),
    ],
)
def test_what_was_closed_or_left_is_put_back_and_told(harm: str, words: list[str], tmp_path: Path) -> None:
    answer = tmp_path / "answer"
    script = SCRIPT.format(harm=harm, database=str(tmp_path / "database"), answer=str(answer))
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "still here\n", "and here\nin the log, too\n")
    told = json.loads(answer.read_text())
    assert len(told) == len(words)
    assert all(word in sentence for word, sentence in zip(words, told, strict=True))


def test_nothing_stays_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(50):
        with kept_process_state(print):
            pass
    assert len(os.listdir("/proc/self/fd")) == before
