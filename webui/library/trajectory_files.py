"""Where recordings are in a data folder, and what a recording's file says of itself, checked and without torch."""

import os
import re
from contextlib import suppress
from pathlib import Path

from webui.errors import TrajectoryNotFound, TrajectoryUnreadable
from webui.generation.limits import PICTURE_ID_PATTERN
from webui.generation.trajectory import TrajectorySummary
from webui.library.pictures import temporary_of
from webui.library.raw_tensors import LENGTH_BYTES, Header, MalformedTensors, parse_header
from webui.library.trajectory_checks import checked_summary

TRAJECTORIES = "trajectories"
SUFFIX = ".safetensors"
JOURNALS = "journals"
JOURNAL_SUFFIX = ".journal"
MAX_FILE_BYTES = 2 * 2**30
MAX_HEADER_BYTES = 8 * 2**20
"""Prompts, schedules and movements of the longest recording are a tenth of it."""

_ID = re.compile(PICTURE_ID_PATTERN)
_JOB = re.compile(r"^[A-Za-z0-9_-]{1,100}$")
_HINT = "Choose a recording that this program wrote, whole and unchanged."


class TrajectoryFiles:
    """Files `trajectories/<id>.safetensors` below a data folder, and in `journals` those of walks that go on.

    Args:
        data_dir: the data folder; `trajectories` is made in it with the first recording.
    """

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / TRAJECTORIES

    def path(self, trajectory: str) -> Path:
        """Where the recording of that id is, or would be.

        Raises:
            TrajectoryNotFound: no recording could have such an id.
        """
        if not _ID.fullmatch(trajectory):
            raise not_found()
        return self.folder / f"{trajectory}{SUFFIX}"

    def journal(self, job: str, batch: int, group: int) -> Path:
        """Where the walk of a job's batch and group is written down while it goes on."""
        if not _JOB.fullmatch(job):
            raise ValueError(f"{job!r} cannot be in a file's name")
        return self.folder / JOURNALS / f"{job}.{batch}.{group}{JOURNAL_SUFFIX}"

    def journals(self) -> list[tuple[str, Path]]:
        """The journals that are there, each with its job."""
        with suppress(OSError):
            found = sorted((self.folder / JOURNALS).glob(f"*{JOURNAL_SUFFIX}"))
            return [(path.name.partition(".")[0], path) for path in found]
        return []

    def ids(self) -> list[str]:
        """The recordings whose files are there."""
        with suppress(OSError):
            return [path.stem for path in sorted(self.folder.glob(f"*{SUFFIX}")) if _ID.fullmatch(path.stem)]
        return []

    def remove_litter(self) -> None:
        """Remove what writing left that was cut short. Called at start, while nobody writes."""
        with suppress(OSError):
            for left in self.folder.glob(temporary_of(Path("*")).name):
                left.unlink(missing_ok=True)


def read_summary(path: Path, *, called: str = "") -> TrajectorySummary:
    """What a recording's file says of itself, from its header alone.

    Args:
        path: the file.
        called: what sentences call it; its name if empty.

    Raises:
        TrajectoryNotFound: there is no such file.
        TrajectoryUnreadable: it is no recording, truncated, too large, or says what cannot be.
    """
    name = called or path.name
    return checked_summary(name, read_header(path, called=name))


def read_header(path: Path, *, called: str = "") -> Header:
    """The places of a recording's tensors, checked against the size of the file; sentences call it `called`.

    Raises:
        TrajectoryNotFound: there is no such file.
        TrajectoryUnreadable: it is truncated, too large, or not in the format.
    """
    name = called or path.name
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_FILE_BYTES:
                raise unreadable(f"{name} is too large: it has {size:,} bytes, at most {MAX_FILE_BYTES:,} are read.")
            length = int.from_bytes(start := file.read(LENGTH_BYTES), "little")
            if len(start) < LENGTH_BYTES or length > size - LENGTH_BYTES:
                raise unreadable(f"{name} is truncated, or is no recording.")
            if length > MAX_HEADER_BYTES:
                raise unreadable(f"{name} is no recording: its header is too large.")
            header = parse_header(file.read(length))
    except FileNotFoundError as error:
        raise not_found() from error
    except OSError as error:
        raise unreadable(f"{name} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    except MalformedTensors as error:
        raise unreadable(f"{name} is no recording: {error}.") from error
    if header.end != size:
        state = "truncated" if size < header.end else "damaged"
        raise unreadable(f"{name} is {state}: it has {size:,} bytes where its header promises {header.end:,}.")
    return header


def not_found() -> TrajectoryNotFound:
    """The error for a recording that is not there."""
    return TrajectoryNotFound(
        "There is no such recording.",
        hint="It may have been removed by hand, or dropped when recordings took more than their share of the disk.",
    )


def unreadable(what: str) -> TrajectoryUnreadable:
    """The error for a file that cannot be used, with what to do next."""
    return TrajectoryUnreadable(what, hint=_HINT)
