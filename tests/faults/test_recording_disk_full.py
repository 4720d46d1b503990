"""The disk is full in the middle of a recorded walk: the picture is made all the same, the recording is dropped."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.counted_generator import FACTORY

ROOT = Path(__file__).parents[2]
ON_A_SMALL_DISK = """
import json, sys
from pathlib import Path
from tests.engine.engines import events, request, running_engine, wait_until

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    data, ballast = folder / "data", folder / "data" / "ballast"

    def asked(seed):
        return request("the cat", seed=seed, steps=40, sampler="Euler a", model="tiny")

    def told(happened):
        image = next(event for event in happened if event["type"] == "image_done")
        return {
            "image": image["image"], "saved": image["saved"], "trajectory": image["trajectory"],
            "notes": [event["text"] for event in happened if event["type"] == "noted"],
            "recorded": [event["trajectory"] for event in happened if event["type"] == "recorded"],
            "end": happened[-1].get("status", happened[-1]["type"]),
        }

    with running_engine(folder, factory=sys.argv[2], models=False) as engine:
        first = told(events(engine, engine.submit(asked(1))))
        job = engine.submit(asked(2))
        wait_until(lambda: engine.job(job.id).step >= 3)
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        second = told(events(engine, job))
        left = [str(path.name) for path in (data / "trajectories").rglob("*") if path.is_file()]
        ballast.unlink()
        wait_until(lambda: engine.library.find(second["image"]).saved)
        third = told(events(engine, engine.submit(asked(3))))
        print(json.dumps({"first": first, "second": second, "third": third, "left": left}))
"""


@pytest.mark.slow
def test_on_a_real_disk_the_picture_is_finished_and_the_recording_dropped_with_a_note(
    tmp_path: Path, tiny_models_dir: Path
) -> None:
    script = tmp_path / "small_disk.py"
    script.write_text(ON_A_SMALL_DISK)
    (tmp_path / "data").mkdir()
    (tmp_path / "models").symlink_to(tiny_models_dir)
    mount = f"mount -t tmpfs -o size=1m tmpfs {tmp_path}/data && exec {sys.executable} {script} {tmp_path} {FACTORY}"
    # A name space of our own, so that anyone may mount, and nothing of it is left.
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount]
    if subprocess.run([*command[:-1], "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("this system does not let us mount a small disk")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    first, second, third = (told[name] for name in ("first", "second", "third"))
    assert (first["saved"], first["recorded"], first["end"]) == (True, [first["trajectory"]], "done")
    assert (second["trajectory"], second["recorded"], second["end"]) == ("", [], "done")
    assert second["notes"] == [
        "The recording of the steps was dropped: no space left on the disk. The picture is not affected."
    ]
    assert told["left"] == [f"{first['trajectory']}.safetensors"]
    assert (third["saved"], third["recorded"], third["notes"]) == (True, [third["trajectory"]], [])
