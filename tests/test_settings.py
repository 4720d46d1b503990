import json
from pathlib import Path

import pytest

from webui.errors import StartFailed
from webui.settings import load_settings, write_settings


def test_a_flag_wins_over_the_environment_which_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings.json").write_text(json.dumps({"port": 1001}))
    assert load_settings(data_dir=tmp_path).port == 1001
    monkeypatch.setenv("DARKROOM_PORT", "1002")
    assert load_settings(data_dir=tmp_path).port == 1002
    assert load_settings(data_dir=tmp_path, port=1003).port == 1003


def test_further_models_folders_come_after_the_own_one(tmp_path: Path) -> None:
    settings = load_settings(extra_models_dirs=(tmp_path,))
    assert settings.models_dirs[-1] == tmp_path.resolve()
    assert len(settings.models_dirs) == 2


@pytest.mark.parametrize("content", ["{", '{"port": "many"}', '{"colour": 1}'])
def test_a_settings_file_that_cannot_be_used_is_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "settings.json").write_text(content)
    with pytest.raises(StartFailed, match=r"setting"):
        load_settings(data_dir=tmp_path)


def test_a_models_folder_that_does_not_exist_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match="does not exist"):
        load_settings(extra_models_dirs=(tmp_path / "none",))


def test_the_password_is_not_shown_when_settings_are_printed() -> None:
    assert "hunter2" not in repr(load_settings(password="hunter2"))


def test_values_that_are_written_stay_beside_those_that_were_there(tmp_path: Path) -> None:
    write_settings(tmp_path / "new", {"record": "off"})
    assert load_settings(data_dir=tmp_path / "new").record == "off"
    (tmp_path / "settings.json").write_text(json.dumps({"port": 1001, "record": "guidance"}))
    write_settings(tmp_path, {"record": "off", "recording_budget_mb": 10})
    settings = load_settings(data_dir=tmp_path)
    assert (settings.port, settings.record, settings.recording_budget_mb) == (1001, "off", 10)
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["settings.json"]


@pytest.mark.parametrize("values", [{"record": "all"}, {"recording_budget_mb": 5}, {"recording_budget_mb": "much"}])
def test_recording_settings_that_cannot_be_are_told_at_the_start(tmp_path: Path, values: dict[str, object]) -> None:
    (tmp_path / "settings.json").write_text(json.dumps(values))
    with pytest.raises(StartFailed, match=next(iter(values))):
        load_settings(data_dir=tmp_path)


@pytest.mark.parametrize("name", ["http://x", "x:7860", "x/", "", "a b", "*"])
def test_a_host_that_is_no_name_is_told_at_the_start(tmp_path: Path, name: str) -> None:
    with pytest.raises(StartFailed, match="no name of a host"):
        load_settings(data_dir=tmp_path, allowed_hosts=(name,))
    assert load_settings(data_dir=tmp_path, allowed_hosts=("Pictures.example", "[::1]")).allowed_hosts
