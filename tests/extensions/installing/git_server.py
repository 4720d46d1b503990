"""A git server for tests: repositories below a folder, served by https on loopback with a certificate of its own."""

import gzip
import subprocess
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class GitServer:
    """Serves every repository in a folder as `url`/<its name>; `ca_file` is what a client has to trust.

    What is below `url`/moved leads elsewhere. `asked` lists the paths that were asked for.
    """

    def __init__(self, repositories: Path, workplace: Path) -> None:
        self.repositories = repositories
        self.ca_file = workplace / "certificate.pem"
        key = workplace / "key.pem"
        make_certificate(self.ca_file, key)
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, repositories, self.asked))
        context = SSLContext(PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca_file, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The address that repositories are below."""
        return f"https://localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def make_certificate(certificate: Path, key: Path) -> None:
    """A certificate for localhost that nobody but its owner trusts."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip


def make_repository(folder: Path, files: dict[str, str | bytes]) -> str:
    """Write files into a repository, which is made if there is none, and commit them; returns the commit."""
    if not (folder / ".git").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _git(folder, "init", "--quiet", "--initial-branch=main")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return commit_all(folder)


def commit_all(folder: Path) -> str:
    """Commit what is in a repository's folder; returns the commit."""
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--allow-empty", "--message=a state")
    return _git(folder, "rev-parse", "HEAD")


def _git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


class _Handler(BaseHTTPRequestHandler):
    """The two requests of a clone in git's smart protocol."""

    def __init__(self, repositories: Path, asked: list[str], *arguments: object) -> None:
        self._repositories = repositories
        self._asked = asked
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._asked.append(self.path)
        if self.path.startswith("/moved/"):
            self.send_response(301)
            self.send_header("Location", "https://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if not self.path.endswith("/info/refs?service=git-upload-pack"):
            self.send_error(404)
            return
        head = b"001e# service=git-upload-pack\n0000"
        self._upload_pack("advertisement", ["--http-backend-info-refs"], b"", head)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self._upload_pack("result", [], body, b"")

    def _upload_pack(self, kind: str, options: list[str], body: bytes, head: bytes) -> None:
        folder = self._repositories / urlsplit(self.path).path.split("/")[1]
        if not folder.is_dir():
            self.send_error(404)
            return
        done = subprocess.run(
            ["git", "upload-pack", "--stateless-rpc", *options, str(folder)],
            check=False,
            input=body,
            capture_output=True,
        )
        self.send_response(200)
        self.send_header("Content-Type", f"application/x-git-upload-pack-{kind}")
        self.send_header("Content-Length", str(len(head) + len(done.stdout)))
        self.end_headers()
        self.wfile.write(head + done.stdout)

    def log_message(self, *arguments: object) -> None:
        pass
