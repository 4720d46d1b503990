"""Whose things are whose: jobs and series say it in their own rows, all else has a row here.

The house, owner "", has no rows, as it sees everything. One id may belong to several people: ids of pictures are
hashes of their bytes, and two who made the same picture both own it.
"""

import logging
import threading
import time
from collections import OrderedDict

from webui.access.kinds import Kind
from webui.library.database import Database, StorageUnavailable

HOUSE_OWNER = ""
MAX_REMEMBERED = 20_000
"""Owners of jobs and series that are kept in memory: events are judged by them."""
OWNED_BY_SCOPE = "(? IS NULL OR EXISTS (SELECT 1 FROM owned WHERE owner = ? AND kind = ? AND id = {id}))"
"""A condition for queries on other tables; its values are the scope twice, and the kind."""

_TABLES = {Kind.JOB: "jobs", Kind.SERIES: "series"}
_SATISFIED_BY = {Kind.INPUT: (Kind.INPUT, Kind.PICTURE)}
"""A picture that somebody made may be started from as one that was uploaded."""
_log = logging.getLogger(__name__)


class Ownership:
    """Who owns what. A scope is the owner whose things somebody may see; None sees everything. Threads may share it.

    Args:
        database: of the data folder.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._remembered: OrderedDict[tuple[Kind, str], str] = OrderedDict()
        self._unwritten: dict[tuple[str, Kind, str], tuple[str, float]] = {}
        """What the disk did not take yet: the job and the time of each."""

    def note(self, owner: str, kind: Kind, thing: str, *, job: str = "") -> None:
        """Write down that something belongs to somebody; again is no harm, and nothing is written for the house.

        A disk that does not take it is tried again with the next note: until then it holds in memory.

        Args:
            owner: whose it is.
            kind: any but jobs and series, which are written with their owner.
            thing: its id.
            job: which job of that owner it came from, where it came from one.
        """
        if owner == HOUSE_OWNER:
            return
        with self._lock:
            self._unwritten.setdefault((owner, kind, thing), (job, time.time()))
            rows = [(*key, *value) for key, value in self._unwritten.items()]
            try:
                with self._database.write() as connection:
                    connection.executemany(
                        "INSERT INTO owned (owner, kind, id, job, noted) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                        rows,
                    )
            except StorageUnavailable as error:
                _log.warning("whose %s %s is was not written yet: %s", kind, thing, error)
                return
            self._unwritten.clear()

    def owns(self, scope: str | None, kind: Kind, thing: str) -> bool:
        """Whether something is there for somebody to see.

        Raises:
            StorageUnavailable: the database cannot be read.
        """
        if scope is None:
            return True
        if kind in _TABLES:
            return self._owner(kind, thing) == scope
        return any(self._is_noted(scope, each, thing) for each in _SATISFIED_BY.get(kind, (kind,)))

    def owner_of_job(self, job: str) -> str | None:
        """Whose a job is; None where there is none of that id."""
        return self._owner(Kind.JOB, job)

    def owner_of_series(self, series: str) -> str | None:
        """Whose a series is; None where there is none of that id."""
        return self._owner(Kind.SERIES, series)

    def remember(self, kind: Kind, thing: str, owner: str) -> None:
        """Keep in memory whose a job or a series is, which has just been written."""
        with self._lock:
            self._remembered[kind, thing] = owner
            while len(self._remembered) > MAX_REMEMBERED:
                self._remembered.popitem(last=False)

    def adopt_recordings(self) -> None:
        """Give recordings that nobody owns to whose job they are of. Called at start: a stop left their journals."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO owned (owner, kind, id, job, noted)"
                " SELECT jobs.owner, ?, trajectories.id, jobs.id, trajectories.created"
                " FROM trajectories JOIN jobs ON jobs.id = trajectories.job WHERE jobs.owner != ''"
                " AND NOT EXISTS (SELECT 1 FROM owned WHERE kind = ? AND owned.id = trajectories.id)",
                (Kind.TRAJECTORY.value, Kind.TRAJECTORY.value),
            )

    def _is_noted(self, owner: str, kind: Kind, thing: str) -> bool:
        if (owner, kind, thing) in self._unwritten:
            return True
        query = "SELECT 1 FROM owned WHERE owner = ? AND kind = ? AND id = ?"
        return bool(self._database.read(query, (owner, kind.value, thing)))

    def _owner(self, kind: Kind, thing: str) -> str | None:
        known = self._remembered.get((kind, thing))
        if known is not None:
            return known
        rows = self._database.read(f"SELECT owner FROM {_TABLES[kind]} WHERE id = ?", (thing,))
        if not rows:
            return None
        self.remember(kind, thing, rows[0]["owner"])
        return rows[0]["owner"]
