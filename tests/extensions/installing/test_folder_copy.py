import os
from pathlib import Path

import pytest

from tests.extensions.installing.made import files, write
from webui.errors import InstallFailed
from webui.extensions.installing.folder_copy import checked_files, copy_folder, prune


def test_a_folder_is_copied_without_links_and_what_is_compiled(tmp_path: Path) -> None:
    source = write(tmp_path / "glow", files(more={".git/config": "x", "__pycache__/web.pyc": "x", "a/b.txt": "x"}))
    (source / "secret").symlink_to("/etc/passwd")
    (source / "everything").symlink_to("/")
    os.mkfifo(source / "waits")
    (tmp_path / "copy").mkdir()
    copy_folder(source, tmp_path / "copy")
    assert sorted(path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*")) == [
        "a", "a/b.txt", "extension.toml", "worker.py",
    ]  # fmt: skip


def test_what_a_copy_would_leave_out_is_taken_out_in_place(tmp_path: Path) -> None:
    folder = write(tmp_path / "glow", files(more={"inner/.git/config": "x", "__pycache__/web.pyc": "x"}))
    (folder / "link").symlink_to("/")
    prune(folder)
    assert sorted(path.name for path in folder.rglob("*")) == ["extension.toml", "worker.py"]
    assert Path("/etc").is_dir()


def test_a_folder_with_too_many_files_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webui.extensions.installing.file_rules.MAX_FILES", 3)
    write(tmp_path, {f"{number}.txt": "x" for number in range(4)})
    with pytest.raises(InstallFailed, match="more than 3 files"):
        checked_files(tmp_path)


def test_a_sparse_file_counts_with_all_its_bytes(tmp_path: Path) -> None:
    with (tmp_path / "hole.bin").open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(InstallFailed, match="larger than"):
        checked_files(tmp_path)


@pytest.mark.parametrize("name", ["a:b.txt", "aux.py", "end.", "\u202eyp.exe", "a\nb.txt", "back\\slash.py"])
def test_names_that_mean_something_else_elsewhere_are_not_taken(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(InstallFailed, match="cannot be called"):
        checked_files(tmp_path)


def test_names_that_are_one_on_some_computers_are_not_taken(tmp_path: Path) -> None:
    write(tmp_path, {"Glow/a.txt": "x", "glow/b.txt": "x"})
    with pytest.raises(InstallFailed, match="one name on some computers"):
        checked_files(tmp_path)
