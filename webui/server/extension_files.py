"""What of an extension's folder a browser may have: its assets, while it is on, and its preview."""

import mimetypes
import stat
from pathlib import Path

from fastapi.responses import FileResponse, Response

from webui.errors import ExtensionNotFound
from webui.extensions.extensions import Extensions

ASSETS = "assets"
PREVIEW = "preview.png"
MAX_PREVIEW_BYTES = 8 * 2**20
_PNG = b"\x89PNG\r\n\x1a\n"
_TYPES = {
    ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".html": "text/html",
    ".json": "application/json", ".map": "application/json", ".svg": "image/svg+xml", ".webp": "image/webp",
    ".avif": "image/avif", ".woff2": "font/woff2", ".wasm": "application/wasm", ".md": "text/plain",
}  # fmt: skip
_UNSEEN = "application/octet-stream"


def asset(extensions: Extensions, name: str, path: str) -> Response:
    """A file of an extension that is on.

    Raises:
        ExtensionNotFound: there is no such extension or file, it is off, or the path leads out of its assets.
    """
    if not extensions.is_on(name):
        raise ExtensionNotFound(f"{name[:40]} is not on, or not there.", hint="Switch it on in the Extensions tab.")
    file = _inside(extensions.folder(name) / ASSETS, path)
    if file is None:
        raise ExtensionNotFound(f"{name} has no such file.", hint=f"Files are looked for in its folder {ASSETS}.")
    kind = _TYPES.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0] or _UNSEEN
    return FileResponse(file, media_type=kind, headers={"Cache-Control": "no-cache"})


def preview(extensions: Extensions, name: str) -> Response:
    """An extension's picture of itself, whether it is on or not: a PNG file is shown and cannot run.

    Raises:
        ExtensionNotFound: there is no such extension, or it has none.
    """
    file = _inside(extensions.folder(name), PREVIEW)
    content = b""
    if file is not None and file.stat().st_size <= MAX_PREVIEW_BYTES:
        content = file.read_bytes()
    if not content.startswith(_PNG):
        raise ExtensionNotFound("This extension has no preview.", hint=f"It would be {PREVIEW} in its folder.")
    return Response(content, media_type="image/png", headers={"Cache-Control": "no-cache"})


def _inside(folder: Path, path: str) -> Path | None:
    """The regular file at a path below a folder; None where it is none, leads out, or any part of it is a link."""
    if not path or any(sign in path for sign in "\\:\0"):
        return None
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return None
    places = [folder.joinpath(*parts[:count]) for count in range(len(parts) + 1)]
    try:
        modes = [place.lstat().st_mode for place in places]
    except (OSError, ValueError):
        return None
    return places[-1] if not any(map(stat.S_ISLNK, modes)) and stat.S_ISREG(modes[-1]) else None
