"""What comes in a download: told by its first bytes, and given a name that a file may have."""

import re
from email.message import Message
from urllib.parse import unquote, urlsplit

from webui.errors import DownloadFailed
from webui.model_manager.downloads.asking import Answer

TAKEN = (".safetensors", ".gguf")
"""Endings of single files that are taken; a repository's folder also has its descriptions."""
DESCRIPTIONS = (".json", ".txt", ".model")
PICKLES = (".ckpt", ".pt", ".pth", ".bin", ".pkl")
_LFS_POINTER = b"version https://git-lfs"
_MAX_NAME = 120


def check_beginning(piece: bytes, content_type: str) -> None:
    """Refuse what is plainly no file of a model.

    Raises:
        DownloadFailed: it is a web page, a pointer of Git LFS, a message, or empty.
    """
    start = piece[:512].lstrip().lower()
    if content_type.lower().startswith("text/html") or start.startswith((b"<!doctype html", b"<html")):
        raise DownloadFailed(
            "This is a web page, not a model.",
            hint="Copy the link of the file itself (its Download button), not of the page about it.",
            field="source",
        )
    if start.startswith(_LFS_POINTER):
        raise DownloadFailed(
            "This is a pointer of Git LFS, not the model that it points to.",
            hint="Use the link that downloads the file; on the hub it has /resolve/ in it.",
            field="source",
        )
    if content_type.lower().startswith(("image/", "video/", "audio/")):
        raise DownloadFailed("This is a picture or a film, not a model.", hint="Check the link.", field="source")


def file_name(answer: Answer) -> str:
    """What the server calls the file: by its header, else by the address; empty when neither says."""
    message = Message()
    message["content-disposition"] = answer.header("content-disposition")
    told = message.get_filename() or ""
    return told or unquote(urlsplit(answer.url).path.rpartition("/")[2])


def safe_name(name: str) -> str:
    """A name that is a plain file's on every system, with one of the endings that are taken.

    Raises:
        DownloadFailed: files of this kind are not taken.
    """
    plain = re.sub(r"[^\w .+()\[\]-]", "_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    ending = f".{ending.lower()}" if dot else ""
    if ending in PICKLES:
        raise DownloadFailed(
            f"{plain[:80]} is a pickle, which can hold a program; it is not downloaded.",
            hint="Look for the same model as a .safetensors file.",
            field="source",
        )
    if ending not in TAKEN:
        raise DownloadFailed(
            f"{plain[:80] or 'This'} is not a kind of file that is taken.",
            hint="Models are .safetensors or .gguf files.",
            field="source",
        )
    return f"{stem.strip(' .')[:_MAX_NAME] or 'model'}{ending}"
