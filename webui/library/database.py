"""The one SQLite file of a data folder: how it is opened, locked, written and read. Tables belong to their users.

Write-ahead log, `synchronous=FULL` (a commit that returned is on the disk), one writer at a time in this process, and
up to five seconds of patience with other processes.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from webui.errors import StartFailed, WebUIError

FILE_NAME = "darkroom.sqlite3"
SCHEMA_VERSION = 6
BUSY_SECONDS = 5.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    request TEXT NOT NULL,
    status TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    stops INTEGER NOT NULL DEFAULT 0,
    step INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    hint TEXT NOT NULL DEFAULT '',
    field TEXT,
    images TEXT NOT NULL DEFAULT '[]',
    created REAL NOT NULL,
    started REAL,
    finished REAL,
    owner TEXT NOT NULL DEFAULT '',
    folder TEXT NOT NULL DEFAULT 'txt2img'
);
CREATE INDEX IF NOT EXISTS jobs_by_status ON jobs (status, number);
CREATE INDEX IF NOT EXISTS jobs_by_owner ON jobs (owner, number);
CREATE TABLE IF NOT EXISTS pictures (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    path TEXT NOT NULL,
    job TEXT NOT NULL,
    created REAL NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    request TEXT NOT NULL,
    infotext TEXT NOT NULL,
    film INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS pictures_by_state ON pictures (state, number);
CREATE TABLE IF NOT EXISTS series (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    request TEXT NOT NULL,
    options TEXT NOT NULL,
    cells TEXT NOT NULL,
    total INTEGER NOT NULL,
    said TEXT NOT NULL,
    picture TEXT,
    result TEXT NOT NULL DEFAULT '{}',
    error TEXT,
    hint TEXT NOT NULL DEFAULT '',
    created REAL NOT NULL,
    finished REAL,
    owner TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS series_by_status ON series (status, number);
CREATE TABLE IF NOT EXISTS trajectories (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    job TEXT NOT NULL,
    batch INTEGER NOT NULL,
    created REAL NOT NULL,
    bytes INTEGER NOT NULL,
    pinned INTEGER NOT NULL DEFAULT 0,
    complete INTEGER NOT NULL,
    positions INTEGER NOT NULL,
    prompt TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    parent TEXT,
    parent_step INTEGER,
    parent_picture INTEGER
);
CREATE INDEX IF NOT EXISTS trajectories_by_parent ON trajectories (parent);
CREATE TABLE IF NOT EXISTS trajectory_pictures (
    trajectory TEXT NOT NULL,
    row INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    picture TEXT,
    PRIMARY KEY (trajectory, row)
);
CREATE INDEX IF NOT EXISTS trajectory_pictures_by_picture ON trajectory_pictures (picture);
CREATE TABLE IF NOT EXISTS owned (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    job TEXT NOT NULL DEFAULT '',
    noted REAL NOT NULL,
    UNIQUE (owner, kind, id)
);
CREATE INDEX IF NOT EXISTS owned_by_id ON owned (kind, id);
"""

_SINCE_VERSION = {
    4: {"pictures": "film INTEGER NOT NULL DEFAULT 0"},
    5: {"jobs": "owner TEXT NOT NULL DEFAULT ''", "series": "owner TEXT NOT NULL DEFAULT ''"},
    6: {"jobs": "folder TEXT NOT NULL DEFAULT 'txt2img'"},
}
"""Columns that tables which are there already lack, by the version that brought them."""


class StorageUnavailable(WebUIError):
    """The database cannot be written or read now: the disk is full, or another program holds it."""


class Database:
    """A connection to write with and one to read with, both usable from every thread.

    Args:
        path: the file; made when it is not there.

    Raises:
        StartFailed: the file cannot be opened, or was made by a newer version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._write_lock = threading.Lock()
        self._read_lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect()
            self._prepare()
            self._reader = self._connect()
        except (OSError, sqlite3.Error) as error:
            raise StartFailed(
                f"The database {path} cannot be opened: {error}.",
                hint="Check that the data folder can be written, or choose another with --data-dir.",
            ) from error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    def _prepare(self) -> None:
        found = self._writer.execute("PRAGMA user_version").fetchone()[0]
        if found > SCHEMA_VERSION:
            raise StartFailed(
                f"The database {self.path} was made by a newer version of this program.",
                hint="Update this program, or choose another data folder with --data-dir.",
            )
        if found < SCHEMA_VERSION:
            since = [columns for version, columns in _SINCE_VERSION.items() if 0 < found < version]
            lacking = [each for columns in since for each in columns.items() if self._lacks(*each)]
            changes = "".join(f"ALTER TABLE {table} ADD COLUMN {column};" for table, column in lacking)
            script = f"BEGIN IMMEDIATE;{changes}{_SCHEMA};PRAGMA user_version={SCHEMA_VERSION};COMMIT"
            self._writer.executescript(script)

    def _lacks(self, table: str, column: str) -> bool:
        """Whether a table is there without a column; one that is not there is made with all of them."""
        known = {row["name"] for row in self._writer.execute(f"PRAGMA table_info({table})")}
        return bool(known) and column.partition(" ")[0] not in known

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: on the disk when the block has ended, nothing of it there when the block raised.

        Raises:
            StorageUnavailable: the disk is full, or another program held the file for more than five seconds.
        """
        with self._write_lock:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
                self._writer.execute("COMMIT")
            except sqlite3.Error as error:
                self._roll_back()
                raise _as_unavailable(error) from error
            except BaseException:
                self._roll_back()
                raise

    def read(self, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query, as committed at this moment.

        Raises:
            StorageUnavailable: the file cannot be read.
        """
        with self._read_lock:
            try:
                return self._reader.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise _as_unavailable(error) from error

    def close(self) -> None:
        """Close both connections; a later call fails."""
        with self._write_lock, self._read_lock:
            self._writer.close()
            self._reader.close()

    def _roll_back(self) -> None:
        try:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
        except sqlite3.Error:
            pass  # SQLite has rolled back by itself, as it does when the disk is full


def _as_unavailable(error: sqlite3.Error) -> StorageUnavailable:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StorageUnavailable(
            "The database could not be written: no space left on the disk.",
            hint="Free some space in the data folder, then try again.",
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StorageUnavailable("The database is busy: another program holds it.", hint="Try again in a moment.")
    return StorageUnavailable(f"The database could not be used: {error}.", hint="Look at the log for the details.")
