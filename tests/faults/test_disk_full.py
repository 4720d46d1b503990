"""The disk is full, or refuses, while pictures are saved: nothing half is left, nothing is lost, the rest goes on."""

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engine.engines import events, finished, request, running_engine, wait_until
from tests.server.server_process import ROOT
from webui.engine.jobs import JobStatus
from webui.library.encoding import encode_png
from webui.library.library import Library, Saving
from webui.library.pictures import OUTPUTS

CALLS = ("open", "write", "fsync", "link", "unlink", "mkdir")


def _png(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    return encode_png(pixels, f"Seed: {seed}", "{}")


def _save(library: Library, seed: int) -> Saving:
    return library.save(_png(seed), job="a", seed=seed, width=64, height=64, request="{}", infotext="")


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


class Failing:
    """Makes the n-th of the system calls that writing pictures uses fail, once or from then on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, nth: int, number: int, *, for_good: bool = False) -> None:
        self.left = nth
        self.for_good = for_good
        self.failed = ""
        for name in CALLS:
            monkeypatch.setattr(os, name, self._wrapped(name, getattr(os, name), number))

    def _wrapped(self, name: str, real: Callable[..., Any], number: int) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left == 0 or (self.left < 0 and self.for_good):
                self.failed = name
                if name == "write":
                    real(args[0], bytes(args[1])[:10])  # a full disk often takes a part
                raise OSError(number, os.strerror(number))
            return real(*args, **options)

        return call


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_whichever_call_fails_the_picture_is_kept_and_nothing_half_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    failed_calls = []
    for nth in range(1, 20):
        library = Library(tmp_path / str(nth))
        with monkeypatch.context() as patch:
            failing = Failing(patch, nth, number)
            saving = _save(library, 7)
        picture = saving.picture
        for file in _files(library.data_dir / OUTPUTS):
            assert file.read_bytes() == _png(7), failing.failed
        if not failing.failed:
            assert picture.saved
            library.close()
            break
        failed_calls.append(failing.failed)
        if saving.warning:
            assert not picture.saved
            assert library.in_memory(picture.id) == _png(7)
            assert library.find(picture.id) == picture
            assert [entry.id for entry in library.recent(10)] == [picture.id]
            assert "could not be saved" in saving.warning
        # The disk takes files again: the next picture is saved, and the one that had to wait with it.
        assert _save(library, 8).picture.saved
        assert library.find(picture.id).saved
        assert library.in_memory(picture.id) is None
        contents = sorted(file.read_bytes() for file in _files(library.data_dir / OUTPUTS))
        assert contents == sorted([_png(7), _png(8)])
        library.close()
    assert {"open", "write", "fsync", "link"} <= set(failed_calls)


@pytest.mark.parametrize("nth", range(1, 9))
def test_a_disk_that_refuses_everything_from_some_call_on_loses_no_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    library = Library(tmp_path)
    with monkeypatch.context() as patch:
        Failing(patch, nth, errno.EIO, for_good=True)
        picture = _save(library, 7).picture
        kept = library.in_memory(picture.id)
    assert kept == _png(7) or library.file(picture).read_bytes() == _png(7)
    assert _save(library, 8).picture.saved
    assert library.file(library.find(picture.id)).read_bytes() == _png(7)
    library.close()


def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(tmp_path)

    def full(*_args: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        warning = _save(library, 7).warning
    assert warning == (
        "The picture could not be saved: no space left on the disk. "
        "Free some space, then download the picture from here."
    )
    library.close()


def test_the_job_is_done_its_event_warns_and_the_server_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_engine(tmp_path) as engine:

        def full(*_args: Any) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patch:
            patch.setattr(os, "link", full)
            job = engine.submit(request(seed=1))
            happened = events(engine, job)
        image = next(event for event in happened if event["type"] == "image_done")
        assert image["saved"] is False
        assert "no space left" in image["warning"]
        assert happened[-1]["status"] == "done"
        assert engine.library.in_memory(image["image"]) is not None
        # Without any further job: it is tried again by itself.
        wait_until(lambda: engine.library.find(image["image"]).saved)
        assert finished(engine, engine.submit(request(seed=2))).status is JobStatus.DONE


ON_A_SMALL_DISK = """
import json, sys, time
from pathlib import Path
from tests.engine.engines import events, finished, request, running_engine, wait_until
from webui.errors import WebUIError

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    ballast = folder / "data" / "ballast"
    with running_engine(folder) as engine:
        first = events(engine, engine.submit(request(seed=1, width=128, height=128)))
        job = engine.submit(request("slow", seed=2, width=128, height=128))
        wait_until(lambda: engine.job(job.id).step >= 1)
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        second = events(engine, job)
        refused = None
        for number in range(50):
            try:
                full = engine.submit(request(seed=3, width=128, height=128))
            except WebUIError as error:
                refused = str(error)
                break
        ballast.unlink()
        third = engine.submit(request(seed=4, width=128, height=128))
        status = finished(engine, third).status
        wait_until(lambda: not [job for job in engine.jobs() if job.active])
        image = next(event for event in second if event["type"] == "image_done")
        print(json.dumps({
            "first": [event["saved"] for event in first if event["type"] == "image_done"],
            "second": {"saved": image["saved"], "warning": image["warning"], "end": second[-1]["type"]},
            "refused": refused, "third": status, "later": engine.library.find(image["image"]).saved,
            "job": engine.job(job.id).status,
            "sizes": [file.stat().st_size for file in (folder / "data" / "outputs").rglob("*") if file.is_file()],
        }))
"""


@pytest.mark.slow
def test_on_a_real_disk_that_is_full_nothing_is_lost(tmp_path: Path) -> None:
    script = tmp_path / "small_disk.py"
    script.write_text(ON_A_SMALL_DISK)
    (tmp_path / "data").mkdir()
    mount = f"mount -t tmpfs -o size=1m tmpfs {tmp_path}/data && exec {sys.executable} {script} {tmp_path}"
    # A name space of our own, so that anyone may mount, and nothing of it is left.
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount]
    if subprocess.run([*command[:-1], "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("this system does not let us mount a small disk")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["first"] == [True]
    assert told["second"]["saved"] is False
    assert "no space left on the disk" in told["second"]["warning"]
    assert told["second"]["end"] == "finished"
    assert "no space left on the disk" in told["refused"]
    assert (told["third"], told["job"]) == ("done", "done")
    assert told["later"] is True
    assert min(told["sizes"]) > 1000
