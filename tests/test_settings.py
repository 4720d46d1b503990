import json
from pathlib import Path

import pytest

from webui.errors import StartFailed
from webui.settings import load_settings


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
