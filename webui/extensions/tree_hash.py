"""One number for all files of an extension, so that a change after it was enabled is seen."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from webui.errors import ExtensionUnusable
from webui.extensions.faults import MAX_SENTENCE, plain

MAX_FILES = 5000
MAX_BYTES = 200 * 2**20
SKIPPED = frozenset({"__pycache__", ".git", ".pytest_cache"})
"""Folders that are no part of an extension: what Python, git and pytest keep for themselves."""


def tree_hash(folder: Path) -> str:
    """SHA-256 over the sorted names and the contents of all files, in hexadecimal digits.

    What Python, git and pytest keep for themselves is left out; the importer never reads it.

    Raises:
        ExtensionUnusable: there are more than 5,000 files or 200 MB, a file is a link or cannot be read.
    """
    digest = hashlib.sha256()
    count = size = 0
    try:
        named = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
        for name, path in sorted(named.items()):
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode):
                raise _unusable(folder, f"{name!r} is a link, or no plain file")
            count, size = count + 1, size + found.st_size
            if count > MAX_FILES or size > MAX_BYTES:
                raise _unusable(folder, f"it has more than {MAX_FILES:,} files or {MAX_BYTES // 2**20} MB")
            encoded, content = name.encode(errors="surrogateescape"), path.read_bytes()
            digest.update(b"%d:%d:" % (len(encoded), len(content)) + encoded)
            digest.update(content)
    except OSError as error:
        raise _unusable(folder, f"its files cannot be read ({error})") from error
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    count = 0
    for parent, folders, files in os.walk(folder):
        here = Path(parent)
        yield from (here / name for name in folders if (here / name).is_symlink())
        folders[:] = [name for name in folders if name not in SKIPPED]
        count += len(folders) + len(files)
        if count > 2 * MAX_FILES:
            raise _unusable(folder, f"it has more than {MAX_FILES:,} files")
        yield from (here / name for name in files)


def _unusable(folder: Path, why: str) -> ExtensionUnusable:
    return ExtensionUnusable(plain(f"The extension in '{folder.name}' cannot be used: {why}.", MAX_SENTENCE))
