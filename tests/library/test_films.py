"""Films lie beside their first frames, are complete or not there, and are kept in memory when the disk is full."""

import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.library.test_library import make_png
from webui.errors import PictureNotFound
from webui.library.database import FILE_NAME, SCHEMA_VERSION, Database
from webui.library.index import SAVING, PictureIndex
from webui.library.library import Library
from webui.library.pictures import PictureFiles, as_save_failed, film_path
from webui.server.routes_films import films_router

FILM = b"a film of many bytes" * 100


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path / "data")
    yield library
    library.close()


def _save(library: Library, seed: int = 1, film: bytes = FILM) -> str:
    saving = library.save(make_png(seed), job="a", seed=seed, width=16, height=16, request="{}", infotext="", film=film)
    return saving.picture.id


def test_a_film_lies_beside_its_first_frame_under_the_same_name(library: Library) -> None:
    picture = _save(library)
    film = library.film(picture)
    assert isinstance(film, Path)
    assert film.read_bytes() == FILM
    assert film == film_path(library.file(library.find(picture)))
    assert library.recent(1)[0].to_json()["film"] == f"/api/v1/films/{picture}"


def test_a_picture_without_a_film_says_so(library: Library) -> None:
    picture = _save(library, film=b"")
    assert library.find(picture).to_json()["film"] == ""
    with pytest.raises(PictureNotFound, match="no film"):
        library.film(picture)


def test_a_film_that_the_disk_does_not_take_is_kept_in_memory_and_saved_later(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: PictureFiles, path: Path, content: bytes, *, replace: bool = False) -> None:
        raise as_save_failed(OSError(errno.ENOSPC, "full"))

    with monkeypatch.context() as patched:
        patched.setattr(PictureFiles, "write", full)
        picture = _save(library)
        assert library.film(picture) == FILM
    library.save_waiting()
    film = library.film(picture)
    assert isinstance(film, Path)
    assert film.read_bytes() == FILM


def test_the_film_of_a_saving_that_was_cut_short_is_removed(library: Library) -> None:
    picture = library.find(_save(library))
    file = library.file(picture)
    PictureIndex(library.database).put(picture, SAVING)
    file.unlink()  # as if the program had died between the film and its first frame
    library.recover()
    assert not film_path(file).exists()


def test_a_database_of_before_films_gets_their_column(tmp_path: Path) -> None:
    library = Library(tmp_path)
    picture = _save(library, film=b"")
    library.close()
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("ALTER TABLE pictures DROP COLUMN film")
        connection.execute("PRAGMA user_version = 3")
    connection.close()
    database = Database(tmp_path / FILE_NAME)
    found = PictureIndex(database).find(picture)
    assert found is not None and not found.film
    assert database.read("PRAGMA user_version")[0][0] == SCHEMA_VERSION
    database.close()


def test_a_film_is_served_in_pieces_and_under_its_own_name(library: Library) -> None:
    picture = _save(library, seed=7)
    app = FastAPI()
    engine: Any = SimpleNamespace(library=library)
    app.include_router(films_router(engine))
    client = TestClient(app)
    whole = client.get(f"/api/v1/films/{picture}")
    assert whole.content == FILM
    assert whole.headers["content-type"] == "video/mp4"
    piece = client.get(f"/api/v1/films/{picture}", headers={"Range": "bytes=2-5"})
    assert (piece.status_code, piece.content) == (206, FILM[2:6])
    named = client.get(f"/api/v1/films/{picture}", params={"download": 1})
    assert named.headers["content-disposition"].endswith('-7.mp4"')
