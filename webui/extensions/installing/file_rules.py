"""What the files of an extension may be called, and how many and how large they may be, wherever they come from."""

import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from webui.errors import InstallFailed
from webui.extensions.tree_hash import MAX_BYTES, MAX_FILES

LEFT_OUT = frozenset({".git", "__pycache__", ".pytest_cache"})
"""Folders that are not copied: git's own, pytest's, and what Python compiled, which could differ from what is read."""
_MAX_NAME_BYTES, _MAX_PATH, _MAX_DEPTH = 255, 1_000, 16
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_DIRECTIONS = {"\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}


def check_name(name: str) -> None:
    """See that a relative path, with / between its pieces, names a place below a folder on every system.

    Raises:
        InstallFailed: it could lead elsewhere, or cannot be a file's name.
    """
    pieces = name.split("/")
    if len(name) > _MAX_PATH or len(pieces) > _MAX_DEPTH or not all(map(_is_plain, pieces)):
        raise not_taken(f"it holds a file that cannot be called {told_name(name)}")


def check_names_differ(names: Iterable[str]) -> None:
    """See that no two paths, or folders in them, are one on a system that does not tell capitals or accents apart.

    Raises:
        InstallFailed: two are.
    """
    known: dict[str, str] = {}
    whole: set[str] = set()
    for name in names:
        if name in whole:
            raise not_taken(f"it holds {told_name(name)} twice")
        whole.add(name)
        pieces = name.split("/")
        for end in range(1, len(pieces) + 1):
            part = "/".join(pieces[:end])
            folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", part).casefold())
            if known.setdefault(folded, part) != part:
                raise not_taken(
                    f"{told_name(part)} and {told_name(known[folded])} in it are one name on some computers"
                )
            if end < len(pieces) and part in whole:
                raise not_taken(f"{told_name(part)} in it is both a file and a folder")


def check_amount(files: int, size: int) -> None:
    """See that an extension is not too large.

    Raises:
        InstallFailed: it has too many files or bytes.
    """
    if files > MAX_FILES:
        raise not_taken(f"it has more than {MAX_FILES:,} files")
    if size > MAX_BYTES:
        raise not_taken(f"it is larger than {MAX_BYTES // 2**20} MB")


def measured(folder: Path) -> tuple[int, int]:
    """How many files a folder has, and how many bytes, as far as they can be read; links are not followed."""
    files = size = 0
    for at, _, names in os.walk(folder, onerror=None):
        for name in names:
            try:
                size += os.lstat(os.path.join(at, name)).st_size
            except OSError:
                continue  # git removes its own while it works
            files += 1
    return files, size


def not_taken(reason: str) -> InstallFailed:
    """The error for files that are not taken; the reason begins in the middle of a sentence."""
    return InstallFailed(f"This extension is not taken: {reason}.", hint="Tell its author.", field="source")


def told_name(name: str) -> str:
    """A file's name as it may be shown: short, and without signs that change how it reads."""
    return "'" + "".join(sign if sign.isprintable() and sign not in _DIRECTIONS else "?" for sign in name)[:100] + "'"


def _is_plain(piece: str) -> bool:
    if piece in ("", ".", "..") or len(piece.encode("utf-8", "surrogatepass")) > _MAX_NAME_BYTES:
        return False
    if piece[-1] in " ." or piece[0] == " " or _DEVICES.fullmatch(piece):
        return False
    return all(sign.isprintable() and sign not in '\\:*?"<>|' and sign not in _DIRECTIONS for sign in piece)
