"""The plan of a training run, and its stages in their order."""

from pathlib import Path

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.learning.drawings import DrawingStore
from bundled_model.learning.plan import STAGES, Plan
from bundled_model.learning.stages import LESSONS, Lesson, train


def lesson(minutes: float, steps: int | None = None) -> Lesson:
    return Lesson(lambda plan, budget, stop: True, "none.pt", minutes, steps)


def test_each_stage_has_its_own_minutes_unless_told_otherwise() -> None:
    assert lesson(7).budget(Plan(Path())).minutes == 7
    assert lesson(7).budget(Plan(Path(), minutes=3)).minutes == 3


def test_steps_take_the_place_of_minutes() -> None:
    assert lesson(7).budget(Plan(Path(), steps=10)).progress(5, 1e9) == 0.5
    assert lesson(7, 100).budget(Plan(Path())).progress(5, 1e9) == 0.05
    assert lesson(7, 100).budget(Plan(Path(), minutes=1)).progress(5, 30) == 0.5


def test_every_stage_draws_encodes_or_trains() -> None:
    assert {*STAGES} == {*LESSONS, "drawings", "latents"}


@pytest.mark.slow
def test_two_processes_paint_all_drawings_between_them(tmp_path: Path) -> None:
    assert train(Plan(tmp_path, ("drawings",), pictures=64), processes=2)
    assert DrawingStore(tmp_path, 64).is_full()
