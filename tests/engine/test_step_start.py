from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.recordings import write_recording
from webui.engine.step_start import check_step_start
from webui.errors import InvalidRequest, TrajectoryUnreadable
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromStep
from webui.library.database import Database
from webui.library.trajectories import Trajectories

A = "a" * 32


@pytest.fixture
def trajectories(tmp_path: Path) -> Iterator[Trajectories]:
    database = Database(tmp_path / "test.sqlite3")
    write_recording(tmp_path, A, seeds=(7, 8))
    yield Trajectories(database, tmp_path)
    database.close()


def _check(trajectories: Trajectories, *, width: int = 64, height: int = 64, **start: Any) -> None:
    taken = FromStep(**({"trajectory": A, "step": 4} | start))
    check_step_start(GenerationRequest(start=taken, width=width, height=height), taken, trajectories)


@pytest.mark.parametrize("start", [{}, {"step": 0}, {"step": 10}, {"picture": 1}])
def test_every_step_and_picture_of_a_recording_can_be_started_from(
    trajectories: Trajectories, start: dict[str, int]
) -> None:
    _check(trajectories, **start)


@pytest.mark.parametrize(
    ("start", "field", "sentence"),
    [
        ({"trajectory": "b" * 32}, "start.trajectory", f"start.trajectory: there is no recording {'b' * 32}."),
        ({"step": 99}, "start.step", "start.step: 99 cannot be used: the recording has steps 0 to 10."),
        ({"picture": 2}, "start.picture", "start.picture: 2 cannot be used: the recording has pictures 0 to 1."),
        ({"width": 128}, "width", "width: 128 cannot be used: the recording has 64."),
        ({"height": 1024}, "height", "height: 1,024 cannot be used: the recording has 64."),
    ],
)
def test_what_is_not_in_the_recording_is_told_with_the_field(
    trajectories: Trajectories, start: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        _check(trajectories, **start)
    assert (caught.value.field, caught.value.message) == (field, sentence)
    assert caught.value.hint


def test_a_damaged_recording_is_told(trajectories: Trajectories, tmp_path: Path) -> None:
    path = write_recording(tmp_path, A)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(TrajectoryUnreadable, match="truncated"):
        _check(trajectories)
