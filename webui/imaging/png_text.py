"""The texts of PNG files (PNG 3, 11.3.3): written, and found chunk by chunk without decoding the picture."""

import struct
import zlib
from collections.abc import Mapping

from PIL.PngImagePlugin import PngInfo

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_TEXT_BYTES = 8_000_000
"""Of one text when it is unpacked; a longer one is left out. The texts of one file are together at most twice that."""
_MAX_CHUNKS = 20_000


def png_texts(content: bytes) -> tuple[dict[str, str], bytes]:
    """The texts of a PNG file by keyword, the first of each, and its EXIF block (empty: none).

    Damaged chunks are left out and what stands before them is kept, also in a file that was cut off; CRCs are not
    compared, as a text with one wrong byte is better than none.
    """
    texts: dict[str, str] = {}
    exif = b""
    position, left = len(SIGNATURE), 2 * MAX_TEXT_BYTES
    for _ in range(_MAX_CHUNKS):
        if position + 8 > len(content):
            break
        (length,) = struct.unpack_from(">I", content, position)
        kind = content[position + 4 : position + 8]
        body = position + 8
        position = body + length + 4
        if kind in _READERS and length <= MAX_TEXT_BYTES:
            keyword, text = _READERS[kind](content[body : body + length])
            if keyword and text is not None and keyword not in texts and len(text) <= left:
                texts[keyword] = text
                left -= len(text)
        elif kind == b"eXIf" and length <= MAX_TEXT_BYTES:
            exif = content[body : body + length]
    return texts, exif


def png_info(texts: Mapping[str, str]) -> PngInfo:
    """Texts in the form that Pillow writes into a file."""
    info = PngInfo()
    for key, text in texts.items():
        # tEXt holds Latin-1 only; what does not fit goes into iTXt, which every reader of A1111's files knows.
        try:
            text.encode("latin-1")
            info.add_text(key, text)
        except UnicodeEncodeError:
            info.add_itxt(key, text)
    return info


def _text(data: bytes) -> tuple[str, str | None]:
    """tEXt: Latin-1."""
    keyword, nul, text = data.partition(b"\0")
    if not nul:
        return "", None
    return keyword.decode("latin-1"), text.decode("latin-1")


def _compressed_text(data: bytes) -> tuple[str, str | None]:
    """zTXt: a method of compression (0 is the only one), then Latin-1."""
    keyword, nul, rest = data.partition(b"\0")
    if not nul or rest[:1] != b"\0":
        return "", None
    text = _inflated(rest[1:])
    return keyword.decode("latin-1"), None if text is None else text.decode("latin-1")


def _international_text(data: bytes) -> tuple[str, str | None]:
    """iTXt: whether compressed, the method, a language, a translated keyword, then UTF-8."""
    keyword, nul, rest = data.partition(b"\0")
    if not nul or len(rest) < 4:
        return "", None
    _, _, rest_after_language = rest[2:].partition(b"\0")
    _, nul, text = rest_after_language.partition(b"\0")
    if not nul:
        return "", None
    unpacked = _inflated(text) if rest[0] else text
    return keyword.decode("latin-1"), None if unpacked is None else unpacked.decode("utf-8", "replace")


def _inflated(data: bytes) -> bytes | None:
    """Unpacked, or None when it is damaged or too long."""
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, MAX_TEXT_BYTES)
    except zlib.error:
        return None
    return None if inflater.unconsumed_tail else text


_READERS = {b"tEXt": _text, b"zTXt": _compressed_text, b"iTXt": _international_text}
