import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from webui.extensions.call_mark import Call, CallMark


def _names(call: Call | None) -> tuple[str, str] | None:
    return (call.extension, call.hook) if call else None


def test_a_mark_shows_the_call_for_as_long_as_it_lasts(tmp_path: Path) -> None:
    path = tmp_path / "deeper" / "web.call"
    mark = CallMark(path)
    assert CallMark.read(path) is None
    with mark.entered("film_grain", "on_step"):
        call = CallMark.read(path)
        assert _names(call) == ("film_grain", "on_step")
        assert call is not None and call.process == os.getpid() and 0 <= call.age_s < 60
    assert CallMark.read(path) is None


def test_of_several_calls_the_one_that_began_first_is_shown(tmp_path: Path) -> None:
    mark = CallMark(tmp_path / "web.call")
    inside, leave = threading.Event(), threading.Event()

    def slow() -> None:
        with mark.entered("slow", "startup"):
            inside.set()
            leave.wait(30)

    thread = threading.Thread(target=slow)
    thread.start()
    inside.wait(30)
    with mark.entered("quick", "on_step"):
        assert _names(CallMark.read(mark.path)) == ("slow", "startup")
        leave.set()
        thread.join(30)
        assert _names(CallMark.read(mark.path)) == ("quick", "on_step")
    assert CallMark.read(mark.path) is None


def test_the_mark_of_a_killed_process_stays(tmp_path: Path) -> None:
    path = tmp_path / "worker.call"
    code = (
        "import sys, time; from pathlib import Path; from webui.extensions.call_mark import CallMark\n"
        "with CallMark(Path(sys.argv[1])).entered('film_grain', 'import'):\n"
        "    print('in', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert _names(CallMark.read(path)) == ("film_grain", "import")


def test_a_second_mark_on_the_file_does_not_shrink_it_under_the_first(tmp_path: Path) -> None:
    first = CallMark(tmp_path / "web.call")
    CallMark(tmp_path / "web.call")
    with first.entered("film_grain", "on_step"):
        assert _names(CallMark.read(first.path)) == ("film_grain", "on_step")


def test_long_names_and_damaged_files_are_no_trouble(tmp_path: Path) -> None:
    mark = CallMark(tmp_path / "web.call")
    with mark.entered("é" * 400, "x"):
        call = CallMark.read(mark.path)
        assert call is not None and call.extension.startswith("é" * 90) and call.hook == "x"
    (tmp_path / "bad").write_bytes(b"DRx1" + b"\xff" * 40)
    assert CallMark.read(tmp_path / "bad") is None
    assert CallMark.read(tmp_path / "none") is None
