"""A file that grows by whole frames: killed at any byte, everything up to its last whole frame can be read.

A frame is its length and the CRC-32 of its bytes (four bytes each, little-endian), then the bytes. Nothing is synced:
what a killed process has written, the system still has; after a loss of power the checksums tell what is whole.
"""

import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

MAGIC = b"DRKJRNL1"
MAX_FRAME_BYTES = 2**30
_HEAD_BYTES = 8
_COUNT_BYTES = 4

Piece = bytes | memoryview


class Journal:
    """A journal to append to.

    Args:
        path: the file; one that is there is gone on with after its last whole frame, what follows that is cut off.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        whole = _whole_bytes(path)
        flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        self._handle = os.open(path, flags, 0o644)
        os.ftruncate(self._handle, whole)
        os.lseek(self._handle, whole, os.SEEK_SET)
        if not whole:
            self._write(MAGIC)

    def append(self, pieces: Sequence[Piece]) -> None:
        """Add a frame, which is these pieces one after the other.

        Raises:
            OSError: the disk is full or refuses it; what was written of the frame is not read.
        """
        checksum, length = 0, 0
        for piece in pieces:
            checksum = zlib.crc32(piece, checksum)
            length += len(piece)
        if length > MAX_FRAME_BYTES:
            raise OSError(f"a frame of {length:,} bytes is too large")
        self._write(length.to_bytes(_COUNT_BYTES, "little") + checksum.to_bytes(_COUNT_BYTES, "little"))
        for piece in pieces:
            self._write(piece)

    def close(self) -> None:
        """Close the file; further calls do nothing."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def remove(self) -> None:
        """Close the file and remove it."""
        self.close()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, piece: Piece) -> None:
        rest = memoryview(piece).cast("B")
        while rest:
            rest = rest[os.write(self._handle, rest) :]


def read_frames(path: Path) -> Iterator[tuple[int, bytes]]:
    """Every whole frame of a journal in order, with where its bytes begin; none where the file is no journal.

    Raises:
        OSError: there is no such file, or it cannot be read.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if file.read(len(MAGIC)) != MAGIC:
            return
        while len(head := file.read(_HEAD_BYTES)) == _HEAD_BYTES:
            length, checksum = (int.from_bytes(head[i : i + _COUNT_BYTES], "little") for i in (0, _COUNT_BYTES))
            offset = file.tell()
            # Looked at first: a broken length must not make us reserve memory.
            if length > min(MAX_FRAME_BYTES, size - offset):
                return
            content = file.read(length)
            if zlib.crc32(content) != checksum:
                return
            yield offset, content


def _whole_bytes(path: Path) -> int:
    """How many bytes of a file belong to whole frames, with what is before the first; 0 where it is no journal."""
    try:
        end = len(MAGIC)
        for offset, frame in read_frames(path):
            end = offset + len(frame)
        with path.open("rb") as file:
            return end if file.read(len(MAGIC)) == MAGIC else 0
    except FileNotFoundError:
        return 0
