"""What extensions hear of pictures that were saved, over a real engine with the fake generator."""

import json
from pathlib import Path

from tests.engine.engines import events, finished, request, running_engine, wait_until
from tests.extensions.tried import enable_untried, extensions_in, write_extension
from webui.extensions.controls import Slider

AMOUNT = Slider("amount", "Amount", 0.0, 1.0, 0.05, 0.2)
DIARY = """
import json, threading
from pathlib import Path

place = Path(__file__).with_name("diary.txt")

@hookimpl
def image_saved(image, values):
    told = [image.index, image.count, image.job, image.request.seed, image.path.is_file(), image.width,
            "Steps: " in image.infotext, dict(values), threading.current_thread() is threading.main_thread()]
    with place.open("a") as file:
        file.write(json.dumps(told) + "\\n")
"""
WAITING = """
import time
from pathlib import Path

@hookimpl
def image_saved(image):
    while not Path(__file__).with_name("go").exists():
        time.sleep(0.01)
"""


def test_hook_image_saved(tmp_path: Path) -> None:
    """It hears of each picture once it is a file, with its own values; a job does not wait for it."""
    folder = write_extension(tmp_path, "diary", DIARY)
    slow = write_extension(tmp_path, "before_it", WAITING)
    for name in ("before_it", "diary"):
        enable_untried(tmp_path, name, controls=(AMOUNT,))
    extensions = extensions_in(tmp_path)
    with running_engine(tmp_path, extensions=extensions) as engine:
        job = engine.submit(request(batch_count=2, extras={"diary": {"amount": 0.5}}))
        assert finished(engine, job).images
        (slow / "go").touch()
        lines = folder / "diary.txt"
        wait_until(lambda: lines.is_file() and len(lines.read_text().splitlines()) == 2)
    told = [json.loads(line) for line in lines.read_text().splitlines()]
    assert told == [[index, 2, job.id, 7 + index, True, 64, True, {"amount": 0.5}, False] for index in (0, 1)]


def test_a_job_is_told_which_of_its_values_nobody_uses(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        job = engine.submit(request(extras={"film_grain": {"amount": 0.5}}))
        told = events(engine, job)
        assert engine.job(job.id).request.extras == {"film_grain": {"amount": 0.5}}
    assert [event["text"] for event in told if event["type"] == "noted"] == [
        "film_grain is not on: its values were not used."
    ]
    assert told[-1]["status"] == "done"
