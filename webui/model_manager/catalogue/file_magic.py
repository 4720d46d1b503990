"""What a file that should be a model is instead, told from its first bytes."""

_TEXTS = (
    ((b"<!doc", b"<html", b"<head", b"<?xml", b"<body"), "is a web page, not a model: download it again"),
    ((b'{"', b"{'"), "is a message of a web site (JSON), not a model: download it again"),
)
_MAGIC = (
    (b"version https://git-lfs", "is a Git LFS pointer, not the model itself"),
    (b"PK\x03\x04", "is a zip archive or a renamed .ckpt or .pt file, not a safetensors file"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive, not a model: unpack it"),
    (b"Rar!", "is a RAR archive, not a model: unpack it"),
    (b"\x1f\x8b", "is a gzip archive, not a model: unpack it"),
    (b"GGUF", "is a GGUF file with a wrong ending: rename it to .gguf"),
    (b"\x89PNG", "is a picture, not a model"),
    (b"\xff\xd8\xff", "is a picture, not a model"),
    (b"RIFF", "is a picture or a sound, not a model"),
    (b"%PDF", "is a PDF, not a model"),
    (b"\x93NUMPY", "is a NumPy file, not a model"),
    (b"\x89HDF", "is an HDF5 file of another program, not a safetensors file"),
)


def what_it_is(start: bytes, size: int) -> str:
    """The end of a sentence that begins with the file's name.

    Args:
        start: the first bytes, some hundred at best.
        size: the size of the file in bytes.
    """
    if size == 0:
        return "is an empty file"
    if not any(start):
        return "holds nothing but zeros: its download was not finished"
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for begins, told in _TEXTS:
        if text.startswith(begins):
            return told
    return next((told for magic, told in _MAGIC if start.startswith(magic)), _what_else(start))


def _what_else(start: bytes) -> str:
    if start[:1] == b"\x80" and start[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "is a pickle (a renamed .ckpt or .pt file), not a safetensors file"
    return "is truncated or is not a safetensors file"
