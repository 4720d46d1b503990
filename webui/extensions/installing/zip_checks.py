"""Reads zip files that strangers made: every entry is checked before the first byte is written."""

import stat
import zipfile
import zlib
from pathlib import Path
from typing import IO

from webui.errors import InstallFailed
from webui.extensions.installing.file_rules import (
    LEFT_OUT,
    check_amount,
    check_name,
    check_names_differ,
    not_taken,
    told_name,
)
from webui.extensions.tree_hash import MAX_BYTES, MAX_FILES

_MAX_RATIO = 100
_SMALL_BYTES = 1_000_000
"""An archive that unpacks to less is no bomb, however well it is packed."""
_LOCAL_HEADER, _LOCAL_NAME, _LOCAL_EXTRA = 30, slice(26, 28), slice(28, 30)
_CHUNK = 1 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"BZh", b"\xfd7zXZ", b"Rar!")
_REGULAR = (0, stat.S_IFREG)
_ENCRYPTED = 0x1


def unpack(path: Path, target: Path) -> None:
    """Unpack a zip file into a folder that is there and empty.

    Raises:
        InstallFailed: it is no zip file, or one that is not taken; what was written before that was seen stays in
            `target`, for the caller to remove.
    """
    if path.stat().st_size > MAX_BYTES:
        raise not_taken(f"the zip file is larger than {MAX_BYTES // 2**20} MB")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _checked(archive, path)
            _write(archive, entries, target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InstallFailed(
            "The zip file is damaged, or is none.", hint="Download it again.", field="source"
        ) from error


def _checked(archive: zipfile.ZipFile, path: Path) -> list[zipfile.ZipInfo]:
    """The entries to write; what macOS adds to archives, and what is never copied, is left out."""
    entries = archive.infolist()
    if len(entries) > 2 * MAX_FILES:
        raise not_taken(f"it has more than {MAX_FILES:,} files")
    for entry in entries:
        _check_entry(entry)
    files = [entry for entry in entries if not entry.is_dir()]
    check_names_differ([entry.filename for entry in files])
    size = sum(entry.file_size for entry in files)
    check_amount(len(files), size)
    if size > _SMALL_BYTES and size > _MAX_RATIO * path.stat().st_size:
        raise not_taken("it unpacks to more than a hundred times its size")
    _check_apart(archive, entries)
    return [entry for entry in files if not _is_left_out(entry.filename)]


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    if entry.flag_bits & _ENCRYPTED:
        raise not_taken("the zip file asks for a password")
    check_name(name.removesuffix("/"))
    if entry.compress_type not in _METHODS:
        raise not_taken(f"{told_name(name)} is packed in a way that is not read")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in _REGULAR and not (kind == stat.S_IFDIR and entry.is_dir()):
        raise not_taken(f"{told_name(name)} in it is a link or a device")
    if entry.is_dir() and entry.file_size:
        raise not_taken(f"{told_name(name)} in it is both a file and a folder")


def _check_apart(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """See that no two entries share bytes: with that, a small file becomes an endless one."""
    file = archive.fp
    assert file is not None
    end = 0
    for entry in sorted(entries, key=lambda each: each.header_offset):
        if entry.header_offset < end:
            raise not_taken("entries of the zip file lie over each other")
        end = entry.header_offset + _local_header(file, entry) + entry.compress_size
    if end > archive.start_dir:
        raise not_taken("entries of the zip file lie over each other")


def _local_header(file: IO[bytes], entry: zipfile.ZipInfo) -> int:
    """How many bytes the header before an entry's data takes."""
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) != _LOCAL_HEADER:
        raise zipfile.BadZipFile("a header is cut off")
    return _LOCAL_HEADER + sum(int.from_bytes(header[part], "little") for part in (_LOCAL_NAME, _LOCAL_EXTRA))


def _is_left_out(name: str) -> bool:
    pieces = name.split("/")
    return pieces[0] == "__MACOSX" or bool(LEFT_OUT.intersection(pieces))


def _write(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], target: Path) -> None:
    written = 0
    for entry in entries:
        place = target.joinpath(*entry.filename.split("/"))
        place.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, place.open("xb") as file:
            first = True
            while chunk := source.read(_CHUNK):
                if first and chunk.startswith(_ARCHIVES):
                    raise not_taken(f"{told_name(entry.filename)} in it is an archive of its own")
                first = False
                written += len(chunk)
                check_amount(0, written)  # what an entry says of its size need not be so
                file.write(chunk)
