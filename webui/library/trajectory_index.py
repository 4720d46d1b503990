"""The index of recordings: a row for each, and which pictures each of them led to."""

import sqlite3
from dataclasses import dataclass

from webui.access.kinds import Kind
from webui.access.principal import GUEST_PREFIX
from webui.generation.trajectory import Origin, TrajectorySummary
from webui.library.database import Database
from webui.library.ownership import OWNED_BY_SCOPE


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPicture:
    """Picture number `row` of a recording; `picture` is its id, or None where it was never finished."""

    row: int
    seed: int
    picture: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrajectoryEntry:
    """What the index knows of a recording.

    `created` is in seconds since 1970, `bytes` the size of its file, `positions` the last position (the number of
    recorded calls), `width` and `height` those of the request.
    """

    id: str
    job: str
    batch: int
    created: float
    bytes: int
    pinned: bool
    complete: bool
    positions: int
    prompt: str
    width: int
    height: int
    origin: Origin | None
    pictures: tuple[RecordedPicture, ...]


_COLUMNS = ("id", "job", "batch", "created", "bytes", "positions", "prompt", "width", "height")
_BUDGETED = "SELECT id, bytes FROM trajectories WHERE pinned = 0 AND {own} ORDER BY number"
_OWN = OWNED_BY_SCOPE.format(id="trajectories.id")
_OWN_OF_PICTURE = OWNED_BY_SCOPE.format(id="t.id")


class TrajectoryIndex:
    """Rows of the tables `trajectories` and `trajectory_pictures`.

    Raises:
        StorageUnavailable: from every method, when the disk is full or the database is held by another program.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, trajectory: str, summary: TrajectorySummary, size: int) -> None:
        """Add a recording; one that is there already is left as it is."""
        header, origin = summary.header, summary.header.origin
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO trajectories (id, job, batch, created, bytes, complete, positions, prompt, width, height,"
                " parent, parent_step, parent_picture) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO NOTHING",
                (
                    *(trajectory, header.job, header.batch, header.created, size, summary.complete, summary.positions),
                    *(header.request.prompt, header.request.width, header.request.height),
                    *((origin.trajectory, origin.step, origin.picture) if origin else (None, None, None)),
                ),
            )
            connection.executemany(
                "INSERT INTO trajectory_pictures (trajectory, row, seed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(trajectory, row, seed) for row, seed in enumerate(header.seeds)],
            )

    def link(self, trajectory: str, row: int, picture: str) -> None:
        """Note which picture a row of a recording became."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE trajectory_pictures SET picture = ? WHERE trajectory = ? AND row = ?",
                (picture, trajectory, row),
            )

    def pin(self, trajectory: str, pinned: bool) -> None:
        """Keep a recording whatever it takes of the disk, or no longer."""
        with self._database.write() as connection:
            connection.execute("UPDATE trajectories SET pinned = ? WHERE id = ?", (pinned, trajectory))

    def forget(self, trajectory: str) -> None:
        """Remove a recording's rows, and whose it was: another file may come under its id."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM owned WHERE kind = ? AND id = ?", (Kind.TRAJECTORY.value, trajectory))
            connection.execute("DELETE FROM trajectories WHERE id = ?", (trajectory,))
            connection.execute("DELETE FROM trajectory_pictures WHERE trajectory = ?", (trajectory,))

    def find(self, trajectory: str) -> TrajectoryEntry | None:
        """The recording of that id."""
        found = self._entries("WHERE id = ?", (trajectory,))
        return found[0] if found else None

    def recent(self, limit: int, before: str | None, scope: str | None) -> list[TrajectoryEntry]:
        """The newest of somebody's (None: everybody's) first, from the one before the recording `before` on."""
        number = None
        if before is not None:
            rows = self._database.read(
                f"SELECT number FROM trajectories WHERE id = ? AND {_OWN}", (before, *_of(scope))
            )
            number = rows[0]["number"] if rows else 0
        where = f"WHERE (? IS NULL OR number < ?) AND {_OWN} ORDER BY number DESC LIMIT ?"
        return self._entries(where, (number, number, *_of(scope), limit))

    def children(self, trajectory: str, scope: str | None) -> list[TrajectoryEntry]:
        """The recordings of somebody (None: of everybody) that branched off one, oldest first."""
        return self._entries(f"WHERE parent = ? AND {_OWN} ORDER BY number", (trajectory, *_of(scope)))

    def of_picture(self, picture: str, scope: str | None) -> list[tuple[str, int]]:
        """The recordings of somebody that led to a picture, each with its row in it; the newest first."""
        rows = self._database.read(
            "SELECT p.trajectory, p.row FROM trajectory_pictures AS p JOIN trajectories AS t ON t.id = p.trajectory"
            f" WHERE p.picture = ? AND {_OWN_OF_PICTURE} ORDER BY t.number DESC",
            (picture, *_of(scope)),
        )
        return [(row["trajectory"], row["row"]) for row in rows]

    def of_pictures(self, pictures: list[str], scope: str | None) -> dict[str, tuple[str, int]]:
        """Somebody's newest recording of each of some pictures, as far as they have any."""
        marks = ", ".join("?" * len(pictures))
        rows = self._database.read(
            "SELECT p.picture, p.trajectory, p.row FROM trajectory_pictures AS p JOIN trajectories AS t"
            f" ON t.id = p.trajectory WHERE p.picture IN ({marks}) AND {_OWN_OF_PICTURE} ORDER BY t.number",
            (*pictures, *_of(scope)),
        )
        return {row["picture"]: (row["trajectory"], row["row"]) for row in rows}

    def ids(self) -> list[str]:
        """Every recording that has a row."""
        return [row["id"] for row in self._database.read("SELECT id FROM trajectories")]

    def unpinned(self, scope: str | None = None) -> list[tuple[str, int]]:
        """The recordings of somebody that may be dropped, the oldest first, with their sizes in bytes."""
        rows = self._database.read(_BUDGETED.format(own=_OWN), _of(scope))
        return [(row["id"], row["bytes"]) for row in rows]

    def unpinned_of_guests(self) -> list[tuple[str, int]]:
        """Those of them that people made who came by a link."""
        guests = "EXISTS (SELECT 1 FROM owned WHERE kind = ? AND id = trajectories.id AND owner GLOB ?)"
        rows = self._database.read(_BUDGETED.format(own=guests), (Kind.TRAJECTORY.value, f"{GUEST_PREFIX}*"))
        return [(row["id"], row["bytes"]) for row in rows]

    def used(self) -> tuple[int, int, int, int]:
        """Bytes and number of all recordings, then of the pinned ones."""
        query = (
            "SELECT coalesce(sum(bytes), 0) AS bytes, count(*) AS count, coalesce(sum(bytes * pinned), 0) AS pinned,"
            " coalesce(sum(pinned), 0) AS pins FROM trajectories"
        )
        row = self._database.read(query)[0]
        return row["bytes"], row["count"], row["pinned"], row["pins"]

    def _entries(self, where: str, values: tuple[object, ...]) -> list[TrajectoryEntry]:
        rows = self._database.read(f"SELECT * FROM trajectories {where}", values)
        marks = ", ".join("?" * len(rows))
        pictures: dict[str, list[RecordedPicture]] = {row["id"]: [] for row in rows}
        query = f"SELECT * FROM trajectory_pictures WHERE trajectory IN ({marks}) ORDER BY row"
        for each in self._database.read(query, list(pictures)):
            recorded = RecordedPicture(row=each["row"], seed=each["seed"], picture=each["picture"])
            pictures[each["trajectory"]].append(recorded)
        return [_entry(row, tuple(pictures[row["id"]])) for row in rows]


def _of(scope: str | None) -> tuple[str | None, str | None, str]:
    """The values of a condition on whose recordings are looked at."""
    return scope, scope, Kind.TRAJECTORY.value


def _entry(row: sqlite3.Row, pictures: tuple[RecordedPicture, ...]) -> TrajectoryEntry:
    origin = None
    if row["parent"] is not None:
        origin = Origin(trajectory=row["parent"], step=row["parent_step"], picture=row["parent_picture"])
    return TrajectoryEntry(
        **{name: row[name] for name in _COLUMNS}, pinned=bool(row["pinned"]), complete=bool(row["complete"]),
        origin=origin, pictures=pictures,
    )  # fmt: skip
