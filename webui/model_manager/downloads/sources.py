"""What people type or paste when they want a model: a repository's name, a file in one, or a link."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from webui.errors import DownloadFailed

_PART = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}"
_REPOSITORY = re.compile(rf"{_PART}/{_PART}")
_HUB_HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_CIVITAI_HOSTS = frozenset({"civitai.com", "www.civitai.com", "civitai.green"})
_WAYS_TO_FILES = ("resolve", "blob", "raw")
FORMS = "Give a link (https://...), a repository (org/name) or a file in one (org/name/file.safetensors)."


@dataclass(frozen=True, slots=True)
class LinkSource:
    """A file at a URL."""

    url: str


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository of the Hugging Face hub, or one file in it; `revision` is a branch, a tag or a commit."""

    repository: str
    file: str | None = None
    revision: str = "main"


def parse_source(text: str) -> LinkSource | HubSource:
    """What is meant by a source.

    Raises:
        DownloadFailed: it is none of the forms.
    """
    text = text.strip()
    if "://" in text:
        return _link(text)
    organisation, _, rest = text.partition("/")
    name, _, file = rest.partition("/")
    repository = f"{organisation}/{name}"
    if not _REPOSITORY.fullmatch(repository) or ".." in text:
        raise DownloadFailed("This names no model.", hint=FORMS, field="source")
    return HubSource(repository, _in_repository(file) if file else None)


def shown(source: str) -> str:
    """A source as it may be shown and logged: without the query, which may hold somebody's key."""
    return source.strip().partition("?")[0][:200]


def _link(url: str) -> LinkSource | HubSource:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise DownloadFailed("This is not an address.", hint=FORMS, field="source") from error
    host = (parts.hostname or "").lower()
    if host in _HUB_HOSTS and parts.scheme == "https":
        return _of_the_hub([unquote(piece) for piece in parts.path.split("/") if piece])
    if host in _CIVITAI_HOSTS and parts.path.startswith("/models/"):
        version = parse_qs(parts.query).get("modelVersionId", [""])[0]
        if not version.isdecimal():
            raise DownloadFailed(
                "This link leads to a page about a model, not to its file.",
                hint="Copy the link of its Download button.",
                field="source",
            )
        return LinkSource(f"https://{host}/api/download/models/{version}")
    return LinkSource(url)


def _of_the_hub(pieces: list[str]) -> HubSource:
    repository = "/".join(pieces[:2])
    if not _REPOSITORY.fullmatch(repository) or ".." in pieces:
        raise DownloadFailed("This link leads to no model repository.", hint=FORMS, field="source")
    if len(pieces) > 4 and pieces[2] in _WAYS_TO_FILES:
        return HubSource(repository, _in_repository("/".join(pieces[4:])), pieces[3])
    revision = pieces[3] if len(pieces) > 3 and pieces[2] == "tree" else "main"
    return HubSource(repository, None, revision)


def _in_repository(path: str) -> str:
    if not re.fullmatch(r"[\w .+()\[\]@,/-]{1,300}", path) or any(not p or p.startswith(".") for p in path.split("/")):
        raise DownloadFailed("A file in a repository cannot be called that.", hint=FORMS, field="source")
    return path
