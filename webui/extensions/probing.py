"""Tries an extension in a process of its own: whatever it does there, this process only reads what came of it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from webui.extensions.brings import Brings, brings_from_json
from webui.extensions.faults import MAX_SENTENCE, plain
from webui.extensions.log_files import end_of
from webui.extensions.probe import begun_file
from webui.settings import ROOT

MAX_ANSWER_BYTES = 2_000_000
MAX_OUTPUT_BYTES = 20_000
_START = "import sys; sys.path.append(sys.argv.pop(1)); from webui.extensions.probe import main; main(sys.argv[1:])"
"""Python is started isolated (-I): neither the folder it is started in nor the environment says what it imports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why an extension cannot be enabled, in a sentence, and what it printed (the last 20 kB).

    `ours` where the program failed before it came to the extension.
    """

    sentence: str
    output: str = ""
    ours: bool = False


def probe(folder: Path, packages: Path, *, timeout_s: float = 30.0) -> Brings | Problem:
    """What the extension in a folder brings, found out by running it; or why that did not work out.

    Args:
        folder: the extension's.
        packages: its overlay; need not be there.
        timeout_s: how long it may take before it and all processes that it started are killed.
    """
    with tempfile.TemporaryDirectory(prefix="darkroom-probe-") as temporary:
        place = Path(temporary)
        data_dir, answer_file, output_file = place / "data", place / "answer.json", place / "output"
        data_dir.mkdir()
        command = [sys.executable, "-I", "-c", _START, str(ROOT), *map(str, (folder, packages, data_dir, answer_file))]
        with output_file.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=data_dir, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
            try:
                code: int | None = process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                _kill(process)
        printed = end_of(output_file, MAX_OUTPUT_BYTES)
        if not begun_file(answer_file).exists():
            return Problem(sentence="Darkroom could not begin to try it.", output=printed, ours=True)
        return _judged(code, answer_file, printed, timeout_s)


def _judged(code: int | None, answer_file: Path, output: str, timeout_s: float) -> Brings | Problem:
    if code is None:
        return Problem(sentence=f"It did not come back within {timeout_s:g} seconds when it was tried.", output=output)
    try:
        with answer_file.open("rb") as file:
            content = file.read(MAX_ANSWER_BYTES + 1)
        answer = json.loads(content)
        if isinstance(answer, dict) and isinstance(answer.get("problem"), str):
            return Problem(sentence=plain(answer["problem"], MAX_SENTENCE), output=output)
        return brings_from_json(answer["brings"])
    except FileNotFoundError:
        how = f"was ended by the signal {-code}" if code < 0 else f"ended its process (status {code})"
        return Problem(sentence=f"It {how} when it was tried.", output=output)
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        what = plain(str(error), MAX_SENTENCE)
        return Problem(sentence=f"What it brings cannot be used: {what}.", output=output)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it and every process of its group; what it started lives in the same group unless it left it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
