"""The texts of an EXIF block (Exif 2.32, JEITA CP-3451), read without trust in any offset; and a block with one."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_DESCRIPTION, _MAKE, _MODEL = 0x010E, 0x010F, 0x0110
_EXIF_IFD, _USER_COMMENT = 0x8769, 0x9286
_MAX_ENTRIES = 512
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 7: 1}
"""Bytes of one value by the field's type: byte, ASCII, short, long, undefined."""


@dataclass(frozen=True, slots=True)
class ExifTexts:
    """The comment of the user, where A1111 puts the infotext, and texts where ComfyUI puts its graph."""

    comment: str | None = None
    others: tuple[str, ...] = ()


def exif_texts(block: bytes) -> ExifTexts:
    """The texts of an EXIF block, with or without the six bytes `Exif` that stand before it in JPEG files."""
    tiff = block.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return ExifTexts()
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    fields = dict(_fields(tiff, first, order))
    comment = None
    pointer = fields.get(_EXIF_IFD, b"")
    if len(pointer) == 4:
        (offset,) = struct.unpack(f"{order}I", pointer)
        raw = dict(_fields(tiff, offset, order)).get(_USER_COMMENT)
        comment = _comment(raw, big=order == ">") if raw else None
    others = [
        fields[tag].rstrip(b"\0").decode("utf-8", "replace") for tag in (_DESCRIPTION, _MAKE, _MODEL) if tag in fields
    ]
    return ExifTexts(comment, tuple(others))


def exif_comment(text: str) -> bytes:
    """An EXIF block that holds a text alone, as the comment of the user, where A1111 puts the infotext."""
    comment = b"UNICODE\0" + text.encode("utf-16-be")
    directory_end = 8 + 2 + 12 + 4
    main = struct.pack(">HHHII", 1, _EXIF_IFD, 4, 1, directory_end) + bytes(4)
    sub = struct.pack(">HHHII", 1, _USER_COMMENT, 7, len(comment), directory_end + 2 + 12 + 4) + bytes(4)
    return b"MM\0*" + struct.pack(">I", 8) + main + sub + comment


def _fields(tiff: bytes, offset: int, order: str) -> Iterator[tuple[int, bytes]]:
    """The fields of one directory; a value that runs past the end is cut off there."""
    if offset + 2 > len(tiff):
        return
    (count,) = struct.unpack_from(f"{order}H", tiff, offset)
    for index in range(min(count, _MAX_ENTRIES)):
        entry = offset + 2 + 12 * index
        if entry + 12 > len(tiff):
            return
        tag, kind, values = struct.unpack_from(f"{order}HHI", tiff, entry)
        size = _SIZES.get(kind, 0) * values
        start = entry + 8
        if size > 4:
            (start,) = struct.unpack_from(f"{order}I", tiff, start)
        if size:
            yield tag, tiff[start : start + size]


def _comment(raw: bytes, *, big: bool) -> str:
    """The user's comment: eight bytes that name its encoding, then the text. Many writers leave them out."""
    name, text = raw[:8], raw[8:]
    if name == b"UNICODE\0":
        return _utf16(text, big=big)
    if name in (b"ASCII\0\0\0", b"\0" * 8, b"JIS\0\0\0\0\0"):
        return _bytes_text(text)
    return _bytes_text(raw)


def _bytes_text(text: bytes) -> str:
    text = text.rstrip(b"\0 ")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _utf16(text: bytes, *, big: bool) -> str:
    """The standard leaves the order of bytes open: a mark tells it, else where the zeros of plain letters are."""
    if text[:2] in (b"\xfe\xff", b"\xff\xfe"):
        big, text = text[:1] == b"\xfe", text[2:]
    else:
        high, low = text[0::2].count(0), text[1::2].count(0)
        big = high > low if high != low else big
    return text.decode("utf-16-be" if big else "utf-16-le", "ignore").rstrip("\0 ")
