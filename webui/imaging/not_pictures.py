"""What a file is that is no picture: one sentence for it, from its first bytes."""

_KNOWN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "The file is a PDF document, not a picture."),
    (b"8BPS", "The file is a Photoshop document, not a picture."),
    (b"PK\x03\x04", "The file is a ZIP archive, not a picture."),
    (b"\x1aE\xdf\xa3", "The file is a video, not a picture."),
)
_BOXES = {
    b"heic": "The file is a HEIC photo, which cannot be read here.",
    b"heix": "The file is a HEIC photo, which cannot be read here.",
    b"mif1": "The file is a HEIF photo, which cannot be read here.",
    b"isom": "The file is a video, not a picture.",
    b"mp42": "The file is a video, not a picture.",
    b"qt  ": "The file is a video, not a picture.",
}
"""Kinds of ISO base media files (ISO/IEC 14496-12), by their major brand."""
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*")
_HEAD = 2048


def what_it_is(content: bytes) -> str:
    """A sentence about a file that was given as a picture and could not be opened as one."""
    head = content[:_HEAD]
    if head.startswith(_PICTURES):
        return "The picture file is damaged or ends too early."
    for start, sentence in _KNOWN:
        if head.startswith(start):
            return sentence
    if head[4:8] == b"ftyp":
        return _BOXES.get(head[8:12], "The picture file is damaged or ends too early.")
    return _of_text(head) or "The file is not a picture of a kind that can be read."


def _of_text(head: bytes) -> str:
    try:
        # The last character may be cut off.
        text = head.decode("utf-8", "strict" if len(head) < _HEAD else "ignore").lstrip("\ufeff \t\r\n").lower()
    except UnicodeDecodeError:
        return ""
    if "\0" in text:
        return ""
    if "<svg" in text:
        return "The file is an SVG drawing, not a picture made of pixels."
    if text.startswith(("<!doctype html", "<html", "<head", "<body")):
        return "The file is a web page, not a picture."
    return "The file is a text, not a picture."
