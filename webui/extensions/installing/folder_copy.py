"""Copies a folder that somebody else made: plain files only, with names that are taken, and not too many."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from webui.extensions.installing.file_rules import (
    LEFT_OUT,
    check_amount,
    check_name,
    check_names_differ,
    not_taken,
    told_name,
)


def copy_folder(source: Path, target: Path) -> None:
    """Copy the files of a folder into one that is there and empty. Links and devices are left behind.

    Raises:
        InstallFailed: the files are too many or too large, or a name is not taken.
        OSError: a file cannot be read or written.
    """
    for place in checked_files(source):
        to = target / place
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / place, to, follow_symlinks=False)


def prune(folder: Path) -> None:
    """Take out of a folder what a copy of it would leave out, in place.

    Raises:
        InstallFailed: as for `copy_folder`.
    """
    kept = set(checked_files(folder))
    for at, folders, files in os.walk(folder, topdown=False):
        here = Path(at)
        for name in files:
            if (here / name).relative_to(folder).as_posix() not in kept:
                (here / name).unlink()
        for name in folders:
            if (here / name).is_symlink():
                (here / name).unlink()
            elif not any((here / name).iterdir()):
                (here / name).rmdir()


def checked_files(folder: Path) -> list[str]:
    """The plain files of a folder that are taken, as sorted relative paths with / between their pieces.

    Raises:
        InstallFailed: as for `copy_folder`.
    """
    places: list[str] = []
    size = 0
    for place, count in _plain_files(folder):
        check_name(place)
        places.append(place)
        size += count
        check_amount(len(places), size)
    check_names_differ(places)
    return sorted(places)


def _plain_files(folder: Path) -> Iterator[tuple[str, int]]:
    waiting = [""]
    seen = 0
    while waiting:
        at = waiting.pop()
        with os.scandir(folder / at) as entries:
            for entry in entries:
                seen += 1
                check_amount(seen // 2, 0)
                place = f"{at}/{entry.name}" if at else entry.name
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in LEFT_OUT:
                        if place.count("/") > 16:
                            raise not_taken(f"its folders are nested too deeply at {told_name(place)}")
                        waiting.append(place)
                elif entry.is_file(follow_symlinks=False):
                    yield place, entry.stat(follow_symlinks=False).st_size
