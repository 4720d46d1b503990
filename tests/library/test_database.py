import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Never

import pytest

from webui.errors import StartFailed
from webui.library.database import SCHEMA_VERSION, Database, StorageUnavailable


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "data" / "test.sqlite3")
    with database.write() as connection:
        connection.execute("CREATE TABLE numbers (number INTEGER UNIQUE)")
    yield database
    database.close()


def _numbers(database: Database) -> list[int]:
    return [row["number"] for row in database.read("SELECT number FROM numbers ORDER BY number")]


def test_what_was_written_can_be_read(database: Database) -> None:
    with database.write() as connection:
        connection.execute("INSERT INTO numbers VALUES (1)")
    assert _numbers(database) == [1]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_nothing_remains_of_a_transaction_that_raised(database: Database, error: type[BaseException]) -> Never:
    with pytest.raises(error), database.write() as connection:
        connection.execute("INSERT INTO numbers VALUES (1)")
        raise error
    with database.write() as connection:
        connection.execute("INSERT INTO numbers VALUES (2)")
    assert _numbers(database) == [2]


def test_commits_are_on_the_disk_when_they_return(database: Database) -> None:
    assert database._writer.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert database._writer.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_a_full_disk_is_told_in_a_sentence_and_spoils_nothing(database: Database) -> None:
    pages = database._writer.execute("PRAGMA page_count").fetchone()[0]
    database._writer.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(StorageUnavailable, match="no space left"), database.write() as connection:
        connection.executemany("INSERT INTO numbers VALUES (?)", [(number,) for number in range(100_000)])
    database._writer.execute("PRAGMA max_page_count = 1000000")
    assert _numbers(database) == []
    with database.write() as connection:
        connection.execute("INSERT INTO numbers VALUES (1)")
    assert database.read("PRAGMA integrity_check")[0][0] == "ok"


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "test.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    with pytest.raises(StartFailed, match="newer version"):
        Database(path)


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartFailed, match="cannot be opened"):
        Database(tmp_path / "file" / "data" / "test.sqlite3")


def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "test.sqlite3").write_bytes(b"not a database at all, but quite long" * 100)
    with pytest.raises(StartFailed, match="cannot be opened"):
        Database(tmp_path / "test.sqlite3")


def test_a_database_of_the_version_before_gets_the_tables_that_are_new(tmp_path: Path) -> None:
    path = tmp_path / "test.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE pictures (number INTEGER PRIMARY KEY, id TEXT, state TEXT, kept TEXT)")
        connection.execute("INSERT INTO pictures VALUES (1, 'x', 'saved', 'as it was')")
        connection.execute("PRAGMA user_version = 2")
    database = Database(path)
    assert [row["kept"] for row in database.read("SELECT * FROM pictures")] == ["as it was"]
    assert database.read("SELECT * FROM trajectories JOIN trajectory_pictures") == []
    assert database.read("PRAGMA user_version")[0][0] == SCHEMA_VERSION
    database.close()
