"""The comment of an MP4 file, where films carry their infotext, found without decoding anything (QuickTime's atoms)."""

import struct
from collections.abc import Iterator

_PATH = (b"moov", b"udta", b"meta", b"ilst", b"\xa9cmt", b"data")
_VERSIONED = b"meta"
"""The box that has four bytes before its boxes."""
_DATA_HEADER = 8
"""The kind of the value and its language, before the value."""
_MAX_BOXES = 20_000


def mp4_comment(content: bytes) -> str | None:
    """The comment as text; None where there is none. What is damaged has none."""
    start, end = 0, len(content)
    for name in _PATH:
        box = next(((first, last) for kind, first, last in _boxes(content, start, end) if kind == name), None)
        if box is None:
            return None
        start, end = box[0] + 4 * (name == _VERSIONED), box[1]
    return content[start + _DATA_HEADER : end].decode("utf-8", "replace") or None


def _boxes(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes in a stretch: each its name, and where its content begins and ends (ISO 14496-12, 4.2)."""
    for _ in range(_MAX_BOXES):
        if start + 8 > end:
            return
        (length,) = struct.unpack_from(">I", content, start)
        header = 8
        if length == 1 and start + 16 <= end:
            (length,) = struct.unpack_from(">Q", content, start + 8)
            header = 16
        last = end if length == 0 else start + length
        if length and length < header:
            return
        yield content[start + 4 : start + 8], start + header, min(last, end)
        start = last
