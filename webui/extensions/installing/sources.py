"""Where an extension may come from: a git repository by https, a zip file, a folder, or a name of an index file."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import SplitResult, urlsplit

from webui.errors import InstallFailed
from webui.extensions.installing.file_rules import told_name
from webui.extensions.manifest import NAME

FORMS = "Give the https:// address of a git repository, a zip file, a folder, or a name from the index."
_MAX_TEXT = 2_000
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]{2,45}\]")
_PIECE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""A name in the path of a repository; also what its last piece, the repository's own name, must look like."""
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}(/[A-Za-z0-9][A-Za-z0-9._-]{0,63}){0,4}")


@dataclass(frozen=True, slots=True)
class GitSource:
    """A repository at a checked https URL; `branch` is a branch or a tag, or empty for the repository's own choice."""

    url: str
    branch: str = ""

    def __str__(self) -> str:
        return f"{self.url}#{self.branch}" if self.branch else self.url


@dataclass(frozen=True, slots=True)
class ZipSource:
    """A zip file on this computer; `shown` is its name where the page sent it and it lies here for a moment only."""

    SENT: ClassVar[str] = "zip:"
    """What the text of one that was sent begins with."""

    path: Path
    shown: str = ""

    def __str__(self) -> str:
        return f"{self.SENT}{self.shown[:100]}" if self.shown else str(self.path)


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder on this computer."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class IndexSource:
    """A name that is looked up in the index files."""

    name: str

    def __str__(self) -> str:
        return self.name


Source = GitSource | ZipSource | FolderSource | IndexSource


def parse_source(text: str) -> Source:
    """What is meant by a source. Nothing is asked of the network.

    Raises:
        InstallFailed: it is none of the forms, or an address that is not taken; the sentence says why.
    """
    if not text or len(text) > _MAX_TEXT or any(ord(sign) < 0x20 or ord(sign) == 0x7F for sign in text):
        raise _refused("This names no extension.")
    if NAME.fullmatch(text):
        return IndexSource(text)
    if "://" in text or text[:6].lower() == "https:":
        return _repository(text)
    if "::" in text or re.match(r"[\w.-]+@", text):
        raise _refused("Repositories are only fetched by https.")
    return _on_this_computer(text)


def same_source(one: str, other: str) -> bool:
    """Whether two texts of sources name the same place, however they are written."""
    return bool(one) and _plain(one) == _plain(other)


def _plain(text: str) -> str:
    url, _, branch = text.partition("#")
    return f"{url.rstrip('/').removesuffix('.git')}#{branch}"


def _on_this_computer(text: str) -> ZipSource | FolderSource:
    if text.startswith("-"):
        raise _refused("This names no extension.")
    try:
        path = Path(text).expanduser()
        if path.is_dir():
            return FolderSource(path.resolve())
        if path.is_file():
            return ZipSource(path.resolve())
    except (OSError, RuntimeError, ValueError) as error:
        raise _refused(f"{told_name(text)} cannot be read.") from error
    raise _refused(f"There is no file or folder {told_name(text)}.")


def _repository(text: str) -> GitSource:
    if not text.isascii() or " " in text or "\\" in text:
        raise _refused("This is not an address: only plain letters, digits and - . _ / are taken in it.")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _refused("This is not an address.") from error
    _check_parts(parts)
    pieces = _pieces(parts.path)
    if pieces[-1].lower().endswith(".zip"):
        raise _refused("A zip file is not fetched from the network: download it, and give the file.")
    branch = parts.fragment
    if "#" in text and not (_BRANCH.fullmatch(branch) and ".." not in branch and not branch.endswith((".", ".lock"))):
        raise _refused("There can be no branch of that name.")
    host = _host(parts)
    place = host if port in (None, 443) else f"{host}:{port}"
    return GitSource(f"https://{place}/{'/'.join(pieces)}", branch)


def _check_parts(parts: SplitResult) -> None:
    if parts.scheme != "https":
        raise _refused(f"Repositories are only fetched by https, not by {parts.scheme[:20] or 'nothing'}.")
    if "@" in parts.netloc:
        raise _refused("An address with a name or a password in it is not taken.")
    if parts.query:
        raise _refused("An address with a question mark is not one of a repository.")
    if parts.port == 0:
        raise _refused("This is not an address.")


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise _refused("The address names no machine.")
    if any(label.startswith("xn--") for label in host.split(".")):
        raise _refused("An address in which other letters can look like these is not taken.")
    return host


def _pieces(path: str) -> list[str]:
    pieces = path.removeprefix("/").removesuffix("/").split("/")
    if len(pieces) > 8 or any(not _PIECE.fullmatch(piece) or ".." in piece for piece in pieces):
        raise _refused("The address leads to no repository: its path has names that are not taken.")
    return pieces


def _refused(message: str) -> InstallFailed:
    return InstallFailed(message, hint=FORMS, field="source")
