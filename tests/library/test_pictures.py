import errno
import os
from datetime import datetime
from pathlib import Path
from typing import Never

import pytest

from webui.errors import SaveFailed
from webui.library.pictures import PictureFiles, temporary_of

DAY = datetime(2026, 11, 21, 12, 0)


def _files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_names_carry_the_date_a_number_and_the_seed(tmp_path: Path) -> None:
    files = PictureFiles(tmp_path)
    paths = [files.next_path(seed, DAY) for seed in (7, 8)]
    names = [f"outputs/txt2img/2026-11-21/{name}" for name in ("00001-7.png", "00002-8.png")]
    assert [path.as_posix() for path in paths] == names


def test_numbers_go_on_after_those_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "outputs" / "txt2img" / "2026-11-21"
    folder.mkdir(parents=True)
    for name in ("00041-1.png", "holiday.png", ".00050-2.png.saving", "9-9.txt"):
        (folder / name).touch()
    assert PictureFiles(tmp_path).next_path(7, DAY).name == "00051-7.png"


def test_a_written_file_is_whole_and_alone(tmp_path: Path) -> None:
    files = PictureFiles(tmp_path)
    path = files.next_path(7, DAY)
    files.write(path, b"content")
    assert (tmp_path / path).read_bytes() == b"content"
    assert _files_below(tmp_path) == [str(path)]


def test_a_file_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    files = PictureFiles(tmp_path)
    path = files.next_path(7, DAY)
    files.write(path, b"first")
    with pytest.raises(SaveFailed):
        files.write(path, b"second")
    assert (tmp_path / path).read_bytes() == b"first"
    assert not temporary_of(tmp_path / path).exists()


def test_a_file_system_without_hard_links_works_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> Never:
        raise OSError(errno.EPERM, "not here")

    monkeypatch.setattr(os, "link", refuse)
    files = PictureFiles(tmp_path)
    path = files.next_path(7, DAY)
    files.write(path, b"content")
    assert _files_below(tmp_path) == [str(path)]
    with pytest.raises(SaveFailed):
        files.write(path, b"other")
    assert (tmp_path / path).read_bytes() == b"content"


def test_a_link_in_the_way_of_a_temporary_file_is_not_followed(tmp_path: Path) -> None:
    files = PictureFiles(tmp_path)
    path = files.next_path(7, DAY)
    target = tmp_path / "elsewhere"
    target.write_bytes(b"precious")
    temporary_of(tmp_path / path).symlink_to(target)
    with pytest.raises(SaveFailed):
        files.write(path, b"content")
    assert target.read_bytes() == b"precious"


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "outputs/../../secret"])
def test_paths_outside_the_data_folder_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="not in the data folder"):
        PictureFiles(tmp_path / "data").absolute(path)
