import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.recordings import write_recording
from webui.engine.recording_policy import RecordingPolicy
from webui.errors import SaveFailed
from webui.library.database import Database
from webui.library.trajectories import Trajectories
from webui.settings import Settings, load_settings


@pytest.fixture
def trajectories(tmp_path: Path) -> Iterator[Trajectories]:
    database = Database(tmp_path / "test.sqlite3")
    yield Trajectories(database, tmp_path)
    database.close()


def _policy(data_dir: Path, trajectories: Trajectories) -> RecordingPolicy:
    return RecordingPolicy(load_settings(data_dir=data_dir), trajectories)


def test_a_change_holds_now_and_at_the_next_start(tmp_path: Path, trajectories: Trajectories) -> None:
    (tmp_path / "settings.json").write_text(json.dumps({"port": 7999}))
    policy = _policy(tmp_path, trajectories)
    assert (policy.record, policy.budget_bytes) == ("steps", 2_000_000_000)
    policy.change(record="guidance")
    policy.change(budget_mb=700)
    assert (policy.record, policy.budget_bytes) == ("guidance", 700_000_000)
    again = load_settings(data_dir=tmp_path)
    assert (again.record, again.recording_budget_mb, again.port) == ("guidance", 700, 7999)


def test_a_smaller_budget_drops_the_oldest_at_once(tmp_path: Path, trajectories: Trajectories) -> None:
    for name in "abc":
        write_recording(tmp_path, name * 32, side=64, steps=100)  # 6.6 MB each
        trajectories.add(name * 32)
    policy = _policy(tmp_path, trajectories)
    policy.enforce()
    assert trajectories.usage().count == 3
    policy.change(budget_mb=15)
    assert [entry.id[0] for entry in trajectories.recent(9)] == ["c", "b"]


def test_a_settings_file_that_cannot_be_written_changes_nothing_and_is_told(
    tmp_path: Path, trajectories: Trajectories, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = _policy(tmp_path, trajectories)
    (tmp_path / "settings.json").write_text('{"port": 7999}')

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(SaveFailed, match="The setting could not be saved: no space left on the disk"):
            policy.change(record="off")
    assert policy.record == "steps"
    assert (tmp_path / "settings.json").read_text() == '{"port": 7999}'
    (tmp_path / "settings.json").write_text("[")
    with pytest.raises(SaveFailed, match=r"settings\.json in the data folder is damaged"):
        policy.change(record="off")
    assert (tmp_path / "settings.json").read_text() == "["


def test_no_other_setting_of_recordings_can_be_made(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="record"):
        Settings(data_dir=tmp_path, record="sometimes")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="recording_budget_mb"):
        Settings(data_dir=tmp_path, recording_budget_mb=1)
