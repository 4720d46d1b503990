from pathlib import Path

import pytest

from webui.model_manager.kept_json import keep, read_kept


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    keep(tmp_path / "a.json", {"one": [1]})
    assert read_kept(tmp_path / "a.json") == {"one": [1]}
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("content", ["", "{", "[]", "3"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    assert read_kept(tmp_path / "a.json") == {}


def test_a_folder_that_is_not_there_is_neither_an_error_nor_made(tmp_path: Path) -> None:
    keep(tmp_path / "none" / "a.json", {})
    assert read_kept(tmp_path / "none" / "a.json") == {}
    assert not (tmp_path / "none").exists()
