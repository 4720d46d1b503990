"""A server on this computer that gives files as the net does: redirects, breaks off, lies, and asks who is there."""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.model_manager.catalogue.header_files import SD1, write_safetensors


def model_bytes(folder: Path, *, width: int = 64) -> bytes:
    """A small checkpoint that is known as one."""
    shapes = {name: shape for name, shape in SD1.items() if name.startswith("model.")}
    shapes["model.diffusion_model.filler"] = (width, 1024)
    return write_safetensors(folder / "made.safetensors", shapes).read_bytes()


@dataclass
class Served:
    """What is at an address. `break_after`: how many bytes come in each answer before the connection ends.

    `status` and `headers` replace the usual ones; `length` is what is told, whatever comes; `ranges` whether a part
    can be asked for; `etag` names the version. After `stall_after` bytes nothing comes any more.
    """

    content: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    break_after: int | None = None
    breaks: int = 10**9
    length: int | None = None
    ranges: bool = True
    etag: str = '"one"'
    stall_after: int | None = None
    stalled: threading.Event = field(default_factory=threading.Event)


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Who asked has hung up, as some tests want it."""


class ModelHost:
    """The server; `files` is what it has, `asked` what was asked: (path, headers)."""

    def __init__(self) -> None:
        self.files: dict[str, Served] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                host.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                _answer(self, host.files.get(self.path.partition("?")[0]))

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = _QuietServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def put(self, path: str, content: bytes = b"", **more: object) -> str:
        """Serve something; returns its address."""
        if path in self.files:
            self.files[path].stalled.set()
        self.files[path] = Served(content, **more)  # pyright: ignore[reportArgumentType]
        return self.url + path

    def put_repository(self, repository: str, files: dict[str, bytes]) -> None:
        """A repository as the hub tells of it and gives its files."""
        siblings = []
        for path, content in files.items():
            lfs = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
            told = {"rfilename": path, "size": len(content), "blobId": "0"}
            siblings.append(told | ({"lfs": lfs} if path.endswith(".safetensors") else {}))
            self.put(f"/{repository}/resolve/main/{path}", content)
        info = {"_id": "0", "id": repository, "siblings": siblings, "sha": "0" * 40, "tags": [], "downloads": 0}
        content = json.dumps({**info, "private": False, "likes": 0}).encode()
        self.put(f"/api/models/{repository}/revision/main", content, headers={"Content-Type": "application/json"})

    def close(self) -> None:
        for served in self.files.values():
            served.stalled.set()
        self._server.shutdown()
        self._server.server_close()


def _answer(handler: BaseHTTPRequestHandler, served: Served | None) -> None:
    if served is None:
        handler.send_response(404)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return
    wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
    same = handler.headers.get("If-Range", served.etag) == served.etag
    start = int(wanted[1]) if wanted and served.ranges and same and served.status == 200 else 0
    body = served.content[start:]
    handler.send_response(206 if start else served.status)
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(served.content) - 1}/{len(served.content)}")
    handler.send_header("Content-Length", str(len(body) if served.length is None else served.length))
    handler.send_header("ETag", served.etag)
    for name, value in served.headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    if served.break_after is not None and served.breaks > 0 and len(body) > served.break_after:
        served.breaks -= 1
        body = body[: served.break_after]
        handler.close_connection = True
    if served.length is not None and served.length > len(body):
        handler.close_connection = True
    if served.stall_after is not None:
        handler.wfile.write(body[: served.stall_after])
        handler.wfile.flush()
        served.stalled.wait(60)
        return
    handler.wfile.write(body)


@contextmanager
def model_host() -> Iterator[ModelHost]:
    """A host that ends with the block."""
    host = ModelHost()
    try:
        yield host
    finally:
        host.close()
