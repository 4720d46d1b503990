"""Pictures of points are walked behind everything: who clicks waits for one call at most, and who leaves ends them."""

import threading
import time
from pathlib import Path

import pytest

from tests.engine.background_generator import FACTORY, done
from tests.engine.engines import finished, request, running_engine, wait_until
from webui.engine.looks import LookPoints, LookStep
from webui.errors import LookGivenUp
from webui.generation.request import GenerationRequest

STEPS = 6
POINTS = LookPoints(model="fake", request=GenerationRequest(prompt="a boat", seed=1))


def test_a_click_comes_before_the_pictures_of_points_and_who_leaves_ends_them(tmp_path: Path) -> None:
    data_dir, leaving = tmp_path / "data", threading.Event()
    with running_engine(tmp_path, factory=FACTORY) as engine:
        given_up: list[bool] = []

        def ask() -> None:
            with pytest.raises(LookGivenUp):
                engine.look(POINTS, timeout_s=120, wanted=lambda: not leaving.is_set())
            given_up.append(True)

        wait_until(lambda: engine.worker_pid is not None)
        asking = threading.Thread(target=ask)
        asking.start()
        wait_until(lambda: done(data_dir).count("p") >= 3)
        finished(engine, engine.submit(request(steps=STEPS)))
        job = done(data_dir)
        assert "j" * STEPS in job, "no picture of a point is walked between the steps of a job"

        before = len(done(data_dir))
        engine.look(LookStep(trajectory="a" * 32, step=1, view="x0", model="fake"), timeout_s=120)
        wait_until(lambda: len(done(data_dir)) > before + 2)  # the walk goes on after both

        leaving.set()
        asking.join()
        assert given_up
        left = len(done(data_dir))
        time.sleep(0.3)
        assert len(done(data_dir)) <= left + 1  # the call that was under way
