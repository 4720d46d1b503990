"""Whether anything in the extensions folder may have changed, found out by looking at times and sizes alone."""

import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from webui.extensions.tree_hash import MAX_FILES, SKIPPED

_SKIPPED = SKIPPED | {".installing"}
Stamp = tuple[tuple[str, int, int], ...]


def folder_stamp(*places: Path) -> Stamp:
    """Path, time and size of every file below some places, or of a place that is a file; of folders the path alone.

    It is equal as long as nothing was written; looking at what a hundred extensions have takes milliseconds. Past some
    thousand files the rest is not looked at: such a folder is no extension.
    """
    return tuple(islice(_entries(places), 20 * MAX_FILES))


def _entries(places: tuple[Path, ...]) -> Iterator[tuple[str, int, int]]:
    waiting = [str(place) for place in places]
    while waiting:
        at = waiting.pop()
        try:
            about = os.lstat(at)
            if stat.S_ISDIR(about.st_mode):
                yield at, 0, 0
                with os.scandir(at) as entries:
                    waiting.extend(sorted(entry.path for entry in entries if entry.name not in _SKIPPED))
            else:
                yield at, about.st_mtime_ns, about.st_size
        except OSError:
            continue  # gone, or not ours to read: seen by its absence
