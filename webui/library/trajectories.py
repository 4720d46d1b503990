"""Recordings by id: what there are, which pictures they belong to, their family, and their share of the disk. No torch.

A recording is its file; the index follows the files, so that removing one by hand, or a server that is killed between
the two, does no harm.
"""

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from webui.access.kinds import Kind
from webui.errors import SaveFailed, TrajectoryNotFound, TrajectoryUnreadable, WebUIError
from webui.generation.trajectory import TrajectorySummary
from webui.library.database import Database, StorageUnavailable
from webui.library.ownership import HOUSE_OWNER, Ownership
from webui.library.pictures import as_save_failed, temporary_of, write_whole
from webui.library.trajectory_copies import with_id
from webui.library.trajectory_files import TrajectoryFiles, not_found, read_summary
from webui.library.trajectory_index import TrajectoryEntry, TrajectoryIndex
from webui.library.trajectory_journal import read_journal, write_file

MAX_FAMILY = 500
GUESTS_PART = 4
"""Recordings of guests may take the budget divided by this."""
COMMAND_LINE = "command-line"
_LONGEST_STEP_SECONDS = 3600.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Usage:
    """What recordings take: bytes and number of all, and of the pinned ones among them."""

    bytes: int
    count: int
    pinned_bytes: int
    pinned_count: int


class Trajectories:
    """The recordings of a data folder. Threads may share it.

    Args:
        database: of the data folder; holds the index.
        data_dir: the data folder.
        ownership: knows whose recordings are whose; None is one of its own.
    """

    def __init__(self, database: Database, data_dir: Path, ownership: Ownership | None = None) -> None:
        self.files = TrajectoryFiles(data_dir)
        self._index = TrajectoryIndex(database)
        self._ownership = ownership or Ownership(database)
        self._lock = threading.RLock()

    def find(self, trajectory: str) -> TrajectoryEntry:
        """The recording of that id.

        Raises:
            TrajectoryNotFound: there is none, or its file was removed.
        """
        path = self.path(trajectory)
        entry = self._index.find(trajectory)
        if entry is None:
            self._take_in(trajectory, read_summary(path))
            entry = self._index.find(trajectory)
        if entry is None:
            raise not_found()
        return entry

    def path(self, trajectory: str) -> Path:
        """The file of a recording.

        Raises:
            TrajectoryNotFound: there is none.
        """
        path = self.files.path(trajectory)
        if not path.is_file():
            with suppress(StorageUnavailable):
                self._index.forget(trajectory)
            raise not_found()
        return path

    def summary(self, trajectory: str, scope: str | None = None) -> TrajectorySummary:
        """What a recording says of itself.

        Raises:
            TrajectoryNotFound: there is none, or it is not in the scope.
            TrajectoryUnreadable: its file was changed or damaged.
        """
        if not self._ownership.owns(scope, Kind.TRAJECTORY, trajectory):
            raise not_found()
        return read_summary(self.path(trajectory))

    def recent(self, limit: int, before: str | None = None, scope: str | None = None) -> list[TrajectoryEntry]:
        """The newest of somebody's (None: everybody's) first, from the one before the recording `before` on."""
        return self._there(self._index.recent(limit, before, scope))

    def children(self, trajectory: str, scope: str | None = None) -> list[TrajectoryEntry]:
        """The recordings of somebody (None: of everybody) that branched off one, oldest first."""
        return self._there(self._index.children(trajectory, scope))

    def family(self, trajectory: str, scope: str | None = None) -> list[TrajectoryEntry]:
        """The whole tree that a recording belongs to, from its oldest known ancestor, parents before children.

        A tree ends for somebody where it goes on with what is not theirs: a file can say that it branched off any.

        Raises:
            TrajectoryNotFound: there is no such recording.
        """
        oldest = self.find(trajectory)
        seen = {oldest.id}
        while oldest.origin is not None and oldest.origin.trajectory not in seen:
            if not self._ownership.owns(scope, Kind.TRAJECTORY, oldest.origin.trajectory):
                break
            try:
                oldest = self.find(oldest.origin.trajectory)
            except (TrajectoryNotFound, TrajectoryUnreadable):
                break
            seen.add(oldest.id)
        tree, known = [oldest], {oldest.id}
        for entry in tree:
            born = [child for child in self.children(entry.id, scope) if child.id not in known]
            known.update(child.id for child in born)
            tree.extend(born[: MAX_FAMILY - len(tree)])
        return tree

    def of_picture(self, picture: str, scope: str | None = None) -> tuple[str, int] | None:
        """Somebody's newest recording that led to a picture, and its row in it."""
        there = (found for found in self._index.of_picture(picture, scope) if self.files.path(found[0]).is_file())
        return next(there, None)

    def of_pictures(self, pictures: Sequence[str], scope: str | None = None) -> dict[str, tuple[str, int]]:
        """As `of_picture`, for many at once; those without a recording are left out."""
        found = self._index.of_pictures(list(pictures), scope) if pictures else {}
        return {picture: each for picture, each in found.items() if self.files.path(each[0]).is_file()}

    def pin(self, trajectory: str, pinned: bool) -> TrajectoryEntry:
        """Keep a recording whatever recordings take of the disk, or no longer.

        Raises:
            TrajectoryNotFound: there is none.
        """
        self.find(trajectory)
        self._index.pin(trajectory, pinned)
        return self.find(trajectory)

    def remove(self, trajectory: str) -> None:
        """Remove a recording, pinned or not; its pictures stay.

        Raises:
            TrajectoryNotFound: there is none.
        """
        path = self.path(trajectory)
        with self._lock:
            _unlink(path)
            self._index.forget(trajectory)

    def remove_unpinned(self, scope: str | None = None) -> tuple[int, int]:
        """Remove all of somebody's but the pinned ones; returns how many there were, and their bytes."""
        with self._lock:
            gone = self._index.unpinned(scope)
            for trajectory, _ in gone:
                self._drop(trajectory)
        return len(gone), sum(size for _, size in gone)

    def usage(self) -> Usage:
        """What recordings take of the disk."""
        return Usage(*self._index.used())

    def used_bytes(self) -> int:
        """What all recordings take of the disk."""
        return self.usage().bytes

    def add(self, trajectory: str) -> None:
        """Take in a recording whose file is there.

        Raises:
            TrajectoryNotFound: it is not there.
            TrajectoryUnreadable: it is damaged.
        """
        if self._index.find(trajectory) is None:
            self._take_in(trajectory, read_summary(self.path(trajectory)))

    def link(self, trajectory: str, row: int, picture: str) -> None:
        """Note which picture a row of a recording became."""
        self._index.link(trajectory, row, picture)

    def add_file(self, content: bytes, owner: str = HOUSE_OWNER) -> str:
        """Take in a recording that somebody brings; one that is theirs already keeps its id.

        A recording has one owner alone, as it can be removed: what another one has too becomes a copy.

        Returns:
            Its id: its own, or a new one where another recording here has that.

        Raises:
            TrajectoryUnreadable: it is no recording, damaged, too large, or says what cannot be.
            SaveFailed: the disk is full or refuses the file.
        """
        try:
            self.files.folder.mkdir(parents=True, exist_ok=True)
            temporary = temporary_of(self.files.folder / f"recording.{secrets.token_hex(8)}")
            with suppress(FileExistsError):
                write_whole(temporary, content, temporary=temporary_of(temporary), replace=False)
        except OSError as error:
            raise _not_kept(error) from error
        try:
            trajectory = self._adopt(temporary, owner)
            self._ownership.note(owner, Kind.TRAJECTORY, trajectory)
            return trajectory
        finally:
            _unlink(temporary)

    def enforce(self, budget: int, *, needed: Callable[[], Collection[str]] = tuple) -> list[str]:
        """Drop the oldest unpinned recordings until all take at most `budget` bytes; returns their ids.

        The newest one always stays, so that what was just made can be opened, and so do those that are `needed`. Those
        of guests take a quarter of it at most: they must not drive out what the house has kept.
        """
        with self._lock:
            of_guests = self._index.unpinned_of_guests()
            over = sum(size for _, size in of_guests) - budget // GUESTS_PART
            dropped = self._drop_oldest(of_guests, over, needed)
            over = self.usage().bytes - budget
            return dropped + self._drop_oldest(self._index.unpinned(), over, needed)

    def recover(self, active_jobs: Collection[str]) -> None:
        """At start, while nobody writes: make index and files agree, and end the journals of jobs that do not go on.

        A disk that is full puts off what it does not take until the next start.
        """
        self.files.remove_litter()
        self.finish_journals(but=active_jobs)
        try:
            self._follow_files()
        except StorageUnavailable as error:
            _log.warning("the index of recordings was not mended: %s", error)

    def finish_journals(self, *, only: str | None = None, but: Collection[str] = ()) -> list[str]:
        """Make incomplete recordings of the journals of jobs that do not go on; returns their ids.

        Args:
            only: the journals of this job alone.
            but: jobs that go on.
        """
        left = [path for job, path in self.files.journals() if job not in but and not _may_go_on(job, path)]
        chosen = [path for path in left if only is None or path.name.startswith(f"{only}.")]
        return [trajectory for path in chosen if (trajectory := self._finish(path)) is not None]

    def _follow_files(self) -> None:
        there = set(self.files.ids())
        known = set(self._index.ids())
        for trajectory in known - there:
            self._index.forget(trajectory)
        for trajectory in sorted(there - known, key=lambda each: _written(self.files.path(each))):
            try:
                self.add(trajectory)
            except (TrajectoryUnreadable, TrajectoryNotFound) as error:
                _log.warning("the recording %s was left alone: %s", trajectory, error)

    def _finish(self, journal: Path) -> str | None:
        try:
            content = read_journal(journal)
            if content is None or not content.movement:
                _unlink(journal)
                return None
            final = self.files.path(content.header.id)
            with suppress(FileExistsError):  # the walk had ended, and only its journal was left behind
                write_file(content, final, complete=False)
            _unlink(journal)
            self.add(content.header.id)
            return content.header.id
        except (OSError, WebUIError) as error:
            _log.warning("the journal %s was not made a recording: %s", journal.name, error)
            return None

    def _adopt(self, file: Path, owner: str) -> str:
        """Give a file that was taken in its place."""
        summary = read_summary(file, called="The file")
        trajectory = summary.header.id
        try:
            with self._lock:
                final = self.files.path(trajectory)
                if final.is_file():
                    if self._ownership.owns(owner or None, Kind.TRAJECTORY, trajectory) and _same(file, final):
                        self.add(trajectory)
                        return trajectory
                    trajectory = secrets.token_hex(16)
                    summary = with_id(file, self.files.path(trajectory), summary, trajectory)
                else:
                    os.replace(file, final)
                self._take_in(trajectory, summary)
        except OSError as error:
            raise _not_kept(error) from error
        return trajectory

    def _take_in(self, trajectory: str, summary: TrajectorySummary) -> None:
        self._index.put(trajectory, summary, self.path(trajectory).stat().st_size)

    def _drop_oldest(
        self, oldest_first: list[tuple[str, int]], over: int, needed: Callable[[], Collection[str]]
    ) -> list[str]:
        """Drop as many as have `over` bytes, but neither the last nor what is needed; returns which these were."""
        dropped: list[str] = []
        kept = needed() if over > 0 else ()
        for trajectory, size in oldest_first[:-1]:
            if over <= 0:
                break
            if trajectory not in kept:
                self._drop(trajectory)
                dropped.append(trajectory)
                over -= size
        return dropped

    def _drop(self, trajectory: str) -> None:
        _unlink(self.files.path(trajectory))
        self._index.forget(trajectory)

    def _there(self, entries: list[TrajectoryEntry]) -> list[TrajectoryEntry]:
        return [entry for entry in entries if self.files.path(entry.id).is_file()]


def _same(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        while piece := first.read(2**20):
            if piece != second.read(2**20):
                return False
    return True


def _may_go_on(job: str, journal: Path) -> bool:
    """Whether a command-line run, which no queue knows of, may still be writing."""
    return job.startswith(COMMAND_LINE) and time.time() - _written(journal) < _LONGEST_STEP_SECONDS


def _written(path: Path) -> float:
    """When a file was last written, in seconds since 1970; 0 where it is gone."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _unlink(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _not_kept(error: OSError) -> SaveFailed:
    return as_save_failed(error, what="recording", then="then choose the file again")
