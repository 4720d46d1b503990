"""Series in SQLite. Every method that changes something has committed it when it returns."""

import json
import sqlite3

from webui.engine.series_record import Cell, Series, SeriesStatus
from webui.errors import InvalidRequest
from webui.generation.series import SeriesRequest
from webui.library.database import Database

_ACTIVE = f"('{SeriesStatus.RUNNING}', '{SeriesStatus.CANCELLING}')"


class SeriesStore:
    """Rows of the table `series`.

    Raises:
        StorageUnavailable: from every method, when the disk is full or the database is held by another program.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, series: Series) -> None:
        """Accept a series."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO series (id, status, request, options, cells, total, said, created, owner)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(series.id, series.status.value, series.wanted.request.model_dump_json()),
                    *(json.dumps(series.wanted.options_json()), _cells_json(series)),
                    *(series.total, json.dumps(dict(series.said)), series.created, series.owner),
                ),
            )

    def change(self, series: Series) -> None:
        """Write what has become of a series."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE series SET status = ?, cells = ?, picture = ?, result = ?, error = ?, hint = ?, finished = ?"
                " WHERE id = ?",
                (
                    *(series.status.value, _cells_json(series), series.picture, json.dumps(dict(series.result))),
                    *(series.error, series.hint, series.finished, series.id),
                ),
            )

    def find(self, series: str) -> Series | None:
        """The series of that id."""
        rows = self._database.read("SELECT * FROM series WHERE id = ?", (series,))
        return next(iter(_readable(rows)), None)

    def active(self) -> list[Series]:
        """Those that something is still to be done for, the oldest first."""
        return _readable(self._database.read(f"SELECT * FROM series WHERE status IN {_ACTIVE} ORDER BY number"))

    def recent(self, limit: int, scope: str | None) -> list[Series]:
        """The newest of somebody's (None: everybody's) first."""
        query = "SELECT * FROM series WHERE (? IS NULL OR owner = ?) ORDER BY number DESC LIMIT ?"
        return _readable(self._database.read(query, (scope, scope, limit)))


def _cells_json(series: Series) -> str:
    return json.dumps([cell.to_json() for cell in series.cells])


def _readable(rows: list[sqlite3.Row]) -> list[Series]:
    """The series of these rows, without those that another version wrote with values that are not known here."""
    found: list[Series] = []
    for row in rows:
        try:
            found.append(_series(row))
        except InvalidRequest:
            continue
    return found


def _series(row: sqlite3.Row) -> Series:
    names = ("id", "total", "picture", "error", "hint", "created", "finished", "owner")
    return Series(
        wanted=SeriesRequest.parse({**json.loads(row["options"]), "request": json.loads(row["request"])}),
        cells=tuple(Cell.from_json(cell) for cell in json.loads(row["cells"])),
        said=json.loads(row["said"]),
        status=SeriesStatus(row["status"]),
        result=json.loads(row["result"]),
        **{name: row[name] for name in names},
    )
