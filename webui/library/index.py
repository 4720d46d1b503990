"""The index of pictures: one row for each, by the hash of its bytes."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from webui.access.kinds import Kind
from webui.library.database import Database

SAVING = "saving"
"""The name is chosen, the file may or may not be there: looked at when the server starts."""
SAVED = "saved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A finished picture.

    Args:
        id: the first 32 hexadecimal digits of the SHA-256 of its bytes.
        path: relative to the data folder; None when it is not saved and lives in memory only.
        job: the job that made it first.
        request: the request as JSON.
        created: seconds since 1970.
        film: whether it is the first frame of a film, which lies beside it under the same name.
    """

    id: str
    path: str | None
    job: str
    created: float
    width: int
    height: int
    seed: int
    request: str
    infotext: str
    film: bool = False

    @property
    def saved(self) -> bool:
        """Whether it is a complete file."""
        return self.path is not None

    @property
    def url(self) -> str:
        """Its address at the server."""
        return f"/api/v1/images/{self.id}"

    @property
    def film_url(self) -> str:
        """The address of its film, "" where it has none."""
        return f"/api/v1/films/{self.id}" if self.film else ""

    def to_json(self) -> Mapping[str, Any]:
        """For lists of pictures."""
        names = ("id", "url", "job", "created", "width", "height", "seed", "infotext", "path", "saved")
        return {name: getattr(self, name) for name in names} | {"film": self.film_url}


_OF_OTHERS = "EXISTS (SELECT 1 FROM owned WHERE kind = ? AND owned.id = pictures.id AND owned.job = pictures.job)"
"""A condition on pictures; only what belongs to others than the house has rows there."""


class PictureIndex:
    """Rows of the table `pictures`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, picture: str) -> Picture | None:
        """The saved picture of that id."""
        rows = self._database.read("SELECT * FROM pictures WHERE id = ? AND state = ?", (picture, SAVED))
        return _picture(rows[0]) if rows else None

    def put(self, picture: Picture, state: str) -> None:
        """Add a row, or change the state and the path of the one that is there."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO pictures (id, state, path, job, created, width, height, seed, request, infotext, film)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET state = excluded.state, path = excluded.path",
                (
                    *(picture.id, state, picture.path, picture.job, picture.created, picture.width, picture.height),
                    *(picture.seed, picture.request, picture.infotext, picture.film),
                ),
            )

    def saving(self) -> list[Picture]:
        """Pictures whose saving was begun and not seen to end."""
        return [_picture(row) for row in self._database.read("SELECT * FROM pictures WHERE state = ?", (SAVING,))]

    def forget(self, picture: str) -> None:
        """Remove a row whose file never came to be."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM pictures WHERE id = ? AND state = ?", (picture, SAVING))

    def recent(self, limit: int, before: str | None, scope: str | None) -> list[Picture]:
        """The newest saved pictures first, from the one before the picture `before` on.

        Args:
            limit: how many at most.
            before: an id.
            scope: whose; None is everybody's, and the house's, "", is what no job of anybody else made first.
        """
        if scope:
            return self._recent_of(scope, limit, before)
        number = None
        if before is not None:
            rows = self._database.read("SELECT number FROM pictures WHERE id = ?", (before,))
            number = rows[0]["number"] if rows else 0
        rows = self._database.read(
            "SELECT * FROM pictures WHERE state = ? AND (? IS NULL OR number < ?)"
            f" AND (? IS NULL OR NOT {_OF_OTHERS}) ORDER BY number DESC LIMIT ?",
            (SAVED, number, number, scope, Kind.PICTURE.value, limit),
        )
        return [_picture(row) for row in rows]

    def _recent_of(self, owner: str, limit: int, before: str | None) -> list[Picture]:
        """As `recent`, in the order in which somebody came to own them, with the job and the time of that."""
        number = None
        if before is not None:
            query = "SELECT number FROM owned WHERE owner = ? AND kind = ? AND id = ?"
            rows = self._database.read(query, (owner, Kind.PICTURE.value, before))
            number = rows[0]["number"] if rows else 0
        rows = self._database.read(
            "SELECT pictures.*, owned.job AS own_job, owned.noted FROM owned JOIN pictures ON pictures.id = owned.id"
            " WHERE owned.owner = ? AND owned.kind = ? AND pictures.state = ? AND (? IS NULL OR owned.number < ?)"
            " ORDER BY owned.number DESC LIMIT ?",
            (owner, Kind.PICTURE.value, SAVED, number, number, limit),
        )
        return [replace(_picture(row), job=row["own_job"], created=row["noted"]) for row in rows]


def _picture(row: sqlite3.Row) -> Picture:
    names = ("id", "path", "job", "created", "width", "height", "seed", "request", "infotext")
    return Picture(**{name: row[name] for name in names}, film=bool(row["film"]))
