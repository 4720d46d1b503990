"""One file by HTTP, whole or not at all: into a `.part` that a later call goes on with, checked against its hash."""

import http.client
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from webui.errors import DownloadFailed
from webui.model_manager.downloads.addresses import Gate
from webui.model_manager.downloads.asking import Answer, Broken, asked
from webui.model_manager.downloads.contents import check_beginning, file_name
from webui.model_manager.downloads.part_file import PIECE_BYTES, PartFile

TRIES = 5
"""Failures in a row, without a byte more, after which a download is given up."""
_RETRIED = (408, 425, 429, 500, 502, 503, 504)


class Stopped(Exception):
    """Somebody cancelled; what has come stays in the `.part`."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch. `size` in bytes and `sha256` are checked where they are known; `token` goes to `url` alone."""

    url: str
    size: int | None = None
    sha256: str | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What has arrived: its hash, its size in bytes, and what its server calls it (not to be trusted as a path)."""

    sha256: str
    size: int
    name: str


@dataclass(slots=True)
class Line:
    """How a download is led.

    Args:
        gate: says what may be connected to.
        tell: called with bytes so far and bytes in all (None: not known).
        cancelled: asked between two pieces.
        pause_s: seconds before the second try; each later one waits twice as long.
    """

    gate: Gate
    tell: Callable[[int, int | None], None] = lambda done, total: None
    cancelled: Callable[[], bool] = lambda: False
    pause_s: float = 1.0


def fetch(wanted: Wanted, part: Path, line: Line) -> Fetched:
    """Bring a file into `part`, going on with what is there already.

    Raises:
        DownloadFailed: it cannot be had, is something else, or is not what was promised; a wrong part is removed.
        Stopped: it was cancelled.
    """
    arriving = PartFile.taken_up(part, wanted.url, wanted.size, lambda: _stop_if(line))
    failures, problem = 0, ""
    while failures < TRIES:
        before = arriving.done
        try:
            _ask_once(wanted, arriving, line)
            return _checked(wanted, arriving)
        except Broken as error:
            problem = str(error)
        failures = 0 if arriving.done > before else failures + 1
        _wait(line, line.pause_s * 2**failures)
    raise DownloadFailed(
        f"The download broke off: {problem}.", hint="Start it again: it goes on where it stopped.", field="source"
    )


def _ask_once(wanted: Wanted, arriving: PartFile, line: Line) -> None:
    if arriving.complete:
        return
    headers = {"Range": f"bytes={arriving.done}-"} if arriving.done else {}
    if arriving.done and arriving.validator:
        headers["If-Range"] = arriving.validator
    with asked(wanted.url, line.gate, headers=headers, token=wanted.token, cancelled=line.cancelled) as answer:
        _begin(answer, wanted, arriving)
        _receive(answer, arriving, line)


def _begin(answer: Answer, wanted: Wanted, arriving: PartFile) -> None:
    """Takes in what the answer's head says.

    Raises:
        Broken: the server is busy.
        DownloadFailed: it refuses, has another file than was promised, or one that does not fit on the disk.
    """
    status = answer.response.status
    if status in _RETRIED:
        raise Broken(f"the server answered {status}")
    if status == 416 and arriving.done:  # the part is no beginning of the file that is there now
        arriving.begin_anew()
        arriving.path.unlink(missing_ok=True)
        raise Broken("the file at the server has changed")
    if status not in (200, 206):
        raise _refusal(status)
    if answer.header("content-encoding") not in ("", "identity"):
        raise DownloadFailed("The server packs the file in a way that was not asked for.", field="source")
    start, total = _extent(answer)
    if start != arriving.done:
        arriving.begin_anew()
    if start not in (0, arriving.done):
        raise Broken("the server sent another part of the file than was asked for")
    if wanted.size is not None and total is not None and total != wanted.size:
        raise DownloadFailed(
            f"The server has a file of {total:,} bytes, and {wanted.size:,} were promised.", field="source"
        )
    arriving.total = total if total is not None else wanted.size
    arriving.promised = answer.promised_sha256 or arriving.promised
    arriving.name = file_name(answer) or arriving.name
    validator = answer.header("etag") or answer.header("last-modified")
    arriving.validator = "" if validator.startswith("W/") else validator
    arriving.check_space((arriving.total or 0) - arriving.done)
    arriving.note()


def _extent(answer: Answer) -> tuple[int, int | None]:
    """Where the body begins in the file, and how long the file is."""
    if answer.response.status == 206:
        told = re.fullmatch(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)", answer.header("content-range").strip())
        if told is None:
            raise Broken("the server does not say which part of the file it sends")
        return int(told[1]), None if told[2] == "*" else int(told[2])
    length = answer.header("content-length")
    return 0, int(length) if length.isdecimal() else None


def _receive(answer: Answer, arriving: PartFile, line: Line) -> None:
    """Writes the body behind what is there.

    Raises:
        Broken: it ended before its end.
        DownloadFailed: the disk is full, or this is no model.
    """
    with arriving.opened() as file:
        while piece := _read(answer):
            _stop_if(line)
            if arriving.done == 0:
                check_beginning(piece, answer.header("content-type"))
            if arriving.total is None:
                arriving.check_space(len(piece))
            arriving.write(file, piece)
            line.tell(arriving.done, arriving.total)
    if arriving.total is not None and arriving.done < arriving.total:
        raise Broken(f"the server stopped after {arriving.done:,} of {arriving.total:,} bytes")


def _read(answer: Answer) -> bytes:
    try:
        return answer.response.read(PIECE_BYTES)
    except (http.client.HTTPException, OSError) as error:
        raise Broken(f"the connection ended ({error or type(error).__name__})") from error


def _checked(wanted: Wanted, arriving: PartFile) -> Fetched:
    found = arriving.hashed.hexdigest()
    expected = wanted.sha256 or arriving.promised
    if arriving.total is not None and arriving.done != arriving.total:
        arriving.remove()
        raise DownloadFailed(f"{arriving.done:,} bytes came, and {arriving.total:,} were promised.", field="source")
    if expected and found != expected.lower():
        arriving.remove()
        raise DownloadFailed(
            f"This is not the file that was promised: its SHA-256 is {found[:16]}..., not {expected[:16].lower()}...",
            hint="It may have been damaged on the way, or replaced: download it again from a place that you trust.",
            field="sha256",
        )
    return Fetched(found, arriving.done, arriving.name)


def _refusal(status: int) -> DownloadFailed:
    if status in (401, 403):
        return DownloadFailed(
            "The server wants to know who asks for this file.",
            hint="Accept its licence in a browser and log in with `hf auth login`, or use a link that holds your key.",
            field="source",
        )
    if status in (404, 410):
        return DownloadFailed("There is no file at this address.", hint="Check the link.", field="source")
    return DownloadFailed(f"The server answered {status} instead of a file.", hint="Try again later.", field="source")


def _stop_if(line: Line) -> None:
    if line.cancelled():
        raise Stopped


def _wait(line: Line, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        _stop_if(line)
        time.sleep(min(0.1, seconds))
