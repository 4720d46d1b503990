import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from webui.access.kinds import Kind
from webui.library.database import FILE_NAME, SCHEMA_VERSION, Database, StorageUnavailable
from webui.library.library import Library
from webui.library.ownership import Ownership


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "test.sqlite3")
    yield database
    database.close()


def _rows(database: Database) -> list[tuple[str, str, str]]:
    return [(row["owner"], row["kind"], row["id"]) for row in database.read("SELECT * FROM owned ORDER BY number")]


def _job(database: Database, job: str, owner: str) -> None:
    with database.write() as connection:
        connection.execute(
            "INSERT INTO jobs (id, request, status, created, owner) VALUES (?, '{}', 'done', 0, ?)", (job, owner)
        )


def _recording(database: Database, trajectory: str, job: str) -> None:
    with database.write() as connection:
        connection.execute(
            "INSERT INTO trajectories (id, job, batch, created, bytes, complete, positions, prompt, width, height)"
            " VALUES (?, ?, 0, 0, 1, 1, 1, '', 64, 64)",
            (trajectory, job),
        )


def test_one_thing_may_belong_to_two(database: Database) -> None:
    ownership = Ownership(database)
    for owner in ("ann", "eve", "ann"):
        ownership.note(owner, Kind.PICTURE, "p")
    assert [ownership.owns(scope, Kind.PICTURE, "p") for scope in ("ann", "eve", "gus", None)] == [1, 1, 0, 1]
    assert _rows(database) == [("ann", "picture", "p"), ("eve", "picture", "p")]


def test_the_house_owns_without_a_row(database: Database) -> None:
    Ownership(database).note("", Kind.PICTURE, "p")
    assert _rows(database) == []
    assert not Ownership(database).owns("", Kind.PICTURE, "p")


def test_a_picture_that_was_made_can_be_started_from_and_an_upload_is_no_picture(database: Database) -> None:
    ownership = Ownership(database)
    ownership.note("ann", Kind.PICTURE, "made")
    ownership.note("ann", Kind.INPUT, "brought")
    assert [ownership.owns("ann", Kind.INPUT, each) for each in ("made", "brought")] == [True, True]
    assert [ownership.owns("ann", Kind.PICTURE, each) for each in ("made", "brought")] == [True, False]
    assert not ownership.owns("ann", Kind.TRAJECTORY, "made")


def test_jobs_and_series_say_themselves_whose_they_are(database: Database) -> None:
    _job(database, "j", "ann")
    ownership = Ownership(database)
    assert ownership.owner_of_job("j") == "ann"
    assert ownership.owner_of_job("none") is None
    assert [ownership.owns(scope, Kind.JOB, "j") for scope in ("ann", "eve", "", None)] == [True, False, False, True]
    assert not ownership.owns("ann", Kind.SERIES, "j")
    ownership.remember(Kind.SERIES, "s", "eve")
    assert ownership.owner_of_series("s") == "eve"


def test_what_the_disk_does_not_take_holds_and_is_written_with_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def full() -> Iterator[sqlite3.Connection]:
        raise StorageUnavailable("The disk is full.")
        yield

    ownership = Ownership(database)
    with monkeypatch.context() as patched:
        patched.setattr(database, "write", full)
        ownership.note("ann", Kind.PICTURE, "p")
    assert ownership.owns("ann", Kind.PICTURE, "p")
    assert not ownership.owns("eve", Kind.PICTURE, "p")
    assert _rows(database) == []
    ownership.note("ann", Kind.PICTURE, "q")
    assert _rows(database) == [("ann", "picture", "p"), ("ann", "picture", "q")]


def test_recordings_that_a_stop_left_behind_go_to_whose_job_they_are_of(database: Database) -> None:
    for job, owner in (("a", "ann"), ("h", "")):
        _job(database, job, owner)
    for trajectory, job in (("left", "a"), ("house", "h"), ("brought", "a"), ("strange", "none")):
        _recording(database, trajectory, job)
    ownership = Ownership(database)
    ownership.note("eve", Kind.TRAJECTORY, "brought")  # its file says that it is of Ann's job
    ownership.adopt_recordings()
    ownership.adopt_recordings()
    assert _rows(database) == [("eve", "trajectory", "brought"), ("ann", "trajectory", "left")]


def test_a_data_folder_of_before_owners_belongs_to_the_house(tmp_path: Path) -> None:
    Library(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("DROP INDEX jobs_by_owner")
        for table in ("jobs", "series"):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN owner")
        connection.execute("DROP TABLE owned")
        connection.execute("INSERT INTO jobs (id, request, status, created) VALUES ('old', '{}', 'done', 0)")
        connection.execute("PRAGMA user_version = 4")
    connection.close()
    database = Database(tmp_path / FILE_NAME)
    assert Ownership(database).owner_of_job("old") == ""
    assert database.read("PRAGMA user_version")[0][0] == SCHEMA_VERSION
    database.close()


def test_each_owner_has_a_list_in_the_order_in_which_they_made_things(tmp_path: Path) -> None:
    library = Library(tmp_path)
    pictures = {
        name: library.save(
            name.encode(), job="first", seed=1, width=8, height=8, request="{}", infotext=name
        ).picture.id
        for name in ("one", "two", "three")
    }
    for name in ("three", "one"):
        library.ownership.note("ann", Kind.PICTURE, pictures[name], job=f"ann's {name}")
    library.ownership.note("eve", Kind.PICTURE, pictures["one"])
    own = library.recent(10, scope="ann")
    assert [(each.id, each.job) for each in own] == [
        (pictures["one"], "ann's one"), (pictures["three"], "ann's three"),
    ]  # fmt: skip
    assert [each.id for each in library.recent(10, before=own[0].id, scope="ann")] == [pictures["three"]]
    assert library.recent(10, before=pictures["two"], scope="ann") == []
    assert [each.id for each in library.recent(10, scope="eve")] == [pictures["one"]]
    assert len(library.recent(10)) == 3
    library.close()
