"""The parameters that picture files carry, found without decoding the picture, and never an error."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from webui.generation.infotext_fields import InfotextFields
from webui.generation.infotext_sources import read_object, read_text
from webui.generation.json_metadata import is_request, json_object
from webui.imaging.exif_text import ExifTexts, exif_texts
from webui.imaging.mp4_text import mp4_comment
from webui.imaging.png_text import SIGNATURE, png_texts

INFOTEXT_KEY = "parameters"
"""The PNG text of A1111 and its kin."""
REQUEST_KEY = "darkroom"
"""The PNG text with a request of ours as JSON."""
COMFY_KEY = "prompt"
"""The PNG text with ComfyUI's graph."""
_OTHER_KEYS = ("invokeai_metadata", "sd-metadata", "Comment")
"""The PNG texts of InvokeAI, its older versions, and NovelAI."""
_MAX_SEGMENTS = 20_000
_AVIF_ERRORS = (OSError, ValueError, SyntaxError, RuntimeError, TypeError, KeyError, struct.error, zlib.error)


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a file carries, each as its text.

    Args:
        infotext: the form of A1111 (or what a program put in its place).
        request_json: a request of ours.
        comfy_prompt: the graph of ComfyUI.
        other_json: the parameters of InvokeAI or NovelAI.
    """

    infotext: str | None = None
    request_json: str | None = None
    comfy_prompt: str | None = None
    other_json: str | None = None


def embedded_text(content: bytes) -> Embedded:
    """What a PNG, JPEG, WebP, AVIF, GIF or MP4 file carries; of other files, and of damaged parts, nothing."""
    if content.startswith(SIGNATURE):
        texts, exif = png_texts(content)
        return _embedded(texts, exif_texts(exif))
    if content.startswith(b"\xff\xd8"):
        return _of_jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _embedded({}, exif_texts(_webp_exif(content)))
    if content[4:8] == b"ftyp":
        return _of_boxes(content)
    if content[:6] in (b"GIF87a", b"GIF89a"):
        comment = _gif_comment(content)
        return Embedded(infotext=comment.decode("utf-8", "replace") if comment else None)
    return Embedded()


def fields_of(embedded: Embedded) -> InfotextFields | None:
    """The fields that a file carries; None when it carries none.

    Our own request comes first, as it holds everything, then the infotext, then the other programs' own forms.
    """
    request = json_object(embedded.request_json or "")
    if request is not None and is_request(request):
        return read_object(request)
    if embedded.infotext:
        read = read_text(embedded.infotext)
        if "steps" in read.values or not (embedded.comfy_prompt or embedded.other_json):
            return read
    for text in (embedded.comfy_prompt, embedded.other_json):
        values = json_object(text or "")
        if values is not None:
            return read_object(values)
    return None


def _embedded(texts: Mapping[str, str], exif: ExifTexts) -> Embedded:
    comfy = next((text.removeprefix("prompt:") for text in exif.others if text.startswith("prompt:")), None)
    others = (texts[key] for key in _OTHER_KEYS if texts.get(key, "").startswith("{"))
    return Embedded(
        infotext=texts.get(INFOTEXT_KEY) or exif.comment or None,
        request_json=texts.get(REQUEST_KEY),
        comfy_prompt=texts.get(COMFY_KEY) or comfy,
        other_json=next(others, None),
    )


def _of_jpeg(content: bytes) -> Embedded:
    comment = None
    for marker, body in _jpeg_segments(content):
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            found = _embedded({}, exif_texts(body))
            if found != Embedded():
                return found
        elif marker == 0xFE:
            comment = comment or body.decode("utf-8", "replace")
    return Embedded(infotext=comment)


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The segments before the picture's data: markers and what they hold, at most 64 kB each (ITU T.81, B.1)."""
    position = 2
    for _ in range(_MAX_SEGMENTS):
        if position + 4 > len(content) or content[position] != 0xFF:
            return
        marker = content[position + 1]
        if marker == 0xFF:  # a byte that fills
            position += 1
            continue
        if marker in (0xDA, 0xD9):
            return
        (length,) = struct.unpack_from(">H", content, position + 2)
        yield marker, content[position + 4 : position + 2 + length]
        position += 2 + max(length, 2)


def _webp_exif(content: bytes) -> bytes:
    """The chunk `EXIF` of a WebP file (RFC 9649, 2.7.1.5)."""
    position = 12
    for _ in range(_MAX_SEGMENTS):
        if position + 8 > len(content):
            break
        (length,) = struct.unpack_from("<I", content, position + 4)
        if content[position : position + 4] == b"EXIF":
            return content[position + 8 : position + 8 + length]
        position += 8 + length + length % 2
    return b""


def _of_boxes(content: bytes) -> Embedded:
    """AVIF and MP4 are both files of boxes; the brand at their beginning tells which."""
    if content[8:11] == b"avi":
        return _embedded({}, exif_texts(_avif_exif(content)))
    return Embedded(infotext=mp4_comment(content))


def _avif_exif(content: bytes) -> bytes:
    """The EXIF item of an AVIF file, by way of libavif; the picture is not decoded."""
    try:
        with Image.open(BytesIO(content), formats=("AVIF",)) as image:
            exif = image.info.get("exif", b"")
    except (*_AVIF_ERRORS, Image.DecompressionBombError):
        return b""
    return exif if isinstance(exif, bytes) else b""


def _gif_comment(content: bytes) -> bytes:
    """The first comment of a GIF file (GIF89a, 24)."""
    if len(content) < 13:
        return b""
    position = 13 + _colour_table(content[10])
    for _ in range(_MAX_SEGMENTS):
        kind = content[position : position + 1]
        if kind == b"!":
            text, after = _gif_blocks(content, position + 2)
            if content[position + 1 : position + 2] == b"\xfe":
                return text
            position = after
        elif kind == b"," and position + 10 <= len(content):
            _, position = _gif_blocks(content, position + 11 + _colour_table(content[position + 9]))
        else:
            break
    return b""


def _colour_table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_blocks(content: bytes, position: int) -> tuple[bytes, int]:
    """Blocks of at most 255 bytes up to an empty one, joined, and where they have ended."""
    blocks = []
    while position < len(content) and (length := content[position]):
        blocks.append(content[position + 1 : position + 1 + length])
        position += 1 + length
    return b"".join(blocks), position + 1
