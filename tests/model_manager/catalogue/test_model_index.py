"""What was learnt once is not read again."""

import json
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.model_manager.catalogue.header_files import SD1, write_safetensors
from webui.model_manager.catalogue import Catalogue, ModelEntry, model_list
from webui.model_manager.catalogue.folder_scan import Found
from webui.model_manager.catalogue.hashing import hashed
from webui.model_manager.catalogue.model_index import INDEX_FILE

_watched: list[str] | None = None


def _note_opened(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _watched is not None:
        _watched.append(str(arguments[0]))


sys.addaudithook(_note_opened)


@contextmanager
def _opened() -> Iterator[list[str]]:
    """The paths that are opened inside."""
    global _watched  # noqa: PLW0603  # an audit hook cannot be removed, only told to be quiet
    _watched = opened = []
    try:
        yield opened
    finally:
        _watched = None


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for number in range(200):
        write_safetensors(tmp_path / "models" / "checkpoints" / f"model{number}.safetensors", SD1)
        (tmp_path / "models" / "checkpoints" / f"model{number}.json").write_text('{"notes": "mine"}')
    return tmp_path / "models"


def test_a_second_look_opens_no_model_not_even_in_a_new_process(models: Path, tmp_path: Path) -> None:
    first = Catalogue((models,), tmp_path / "data")
    with _opened() as opened:
        entries = first.everything()
    assert sum(str(models) in path for path in opened) == 400
    for catalogue in (first, Catalogue((models,), tmp_path / "data")):
        with _opened() as opened:
            catalogue.rescan()
            assert catalogue.everything() == entries
        assert [path for path in opened if str(models) in path] == []
        assert catalogue.everything()[0].description == "mine"


def test_a_file_that_changed_is_read_again_and_the_version_grows(models: Path) -> None:
    catalogue = Catalogue((models,))
    version = catalogue.rescan()
    assert catalogue.rescan() == version
    path = models / "checkpoints" / "model7.safetensors"
    path.write_bytes(path.read_bytes()[:-7])
    assert catalogue.rescan() == version + 1
    assert "truncated" in str(next(entry for entry in catalogue.entries() if entry.name == "model7").problem)
    (models / "checkpoints" / "model8.json").write_text('{"notes": "other"}')
    assert catalogue.rescan() == version + 2
    write_safetensors(models / "checkpoints" / "new.safetensors", SD1)
    assert catalogue.find("new").problem is None


def test_hashes_are_remembered_for_the_file_as_it_was(tmp_path: Path) -> None:
    path = write_safetensors(tmp_path / "models" / "sea.safetensors", SD1)
    catalogue = Catalogue((tmp_path / "models",), tmp_path / "data")
    other = Catalogue((tmp_path / "models",), tmp_path / "data")
    entry = catalogue.find("sea")
    assert (entry.hashes, other.find("sea").hashes) == (None, None)
    hashes = hashed(path, lora=False)
    catalogue.learn_hashes(entry, hashes)
    assert catalogue.find("sea").hashes == other.find("sea").hashes == hashes
    write_safetensors(path, SD1 | {"model.diffusion_model.more": (1,)})
    assert catalogue.find("sea").hashes is None


def test_a_damaged_index_is_made_anew(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "models" / "sea.safetensors", SD1)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / INDEX_FILE).write_bytes(b"not a database" * 1000)
    assert Catalogue((tmp_path / "models",), tmp_path / "data").find("sea").family == "stable-diffusion"
    Catalogue((tmp_path / "models",), tmp_path / "data").rescan()
    with sqlite3.connect(tmp_path / "data" / INDEX_FILE) as database:
        assert len(database.execute("select * from models").fetchall()) == 1


def test_rows_that_make_no_sense_are_learnt_again(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "models" / "sea.safetensors", SD1)
    entry = Catalogue((tmp_path / "models",), tmp_path / "data").find("sea")
    for text in ("{", "[]", json.dumps({"path": 3})):
        with sqlite3.connect(tmp_path / "data" / INDEX_FILE) as database:
            database.execute("update models set entry = ?", [text])
        assert Catalogue((tmp_path / "models",), tmp_path / "data").find("sea") == entry


def test_a_data_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "models" / "sea.safetensors", SD1)
    (tmp_path / "data").write_text("a file")
    assert Catalogue((tmp_path / "models",), tmp_path / "data").find("sea").name == "sea"


def test_many_new_files_are_listed_piece_by_piece_and_a_name_is_found_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_list, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(model_list, "_SHOW_SECONDS", 0.0)
    for number in range(20):
        write_safetensors(tmp_path / "models" / f"model{number:02}.safetensors", SD1)
    catalogue = Catalogue((tmp_path / "models",), tmp_path / "data")
    assert [len(catalogue.everything()) for _ in range(3)] == [1, 2, 3]
    before = catalogue.version
    assert catalogue.find("model17").problem is None
    assert len(catalogue.everything()) == 20
    assert catalogue.version > before + 10


def test_whoever_asks_while_somebody_looks_is_given_what_is_known(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_list, "PATIENCE_SECONDS", 0.01)
    catalogue, reading, go_on = Catalogue((models,)), threading.Event(), threading.Event()
    examine = model_list.examined_file

    def slowly(found: Found) -> ModelEntry:
        if found.path.stem == "model5":
            reading.set()
            assert go_on.wait(30)
        return examine(found)

    monkeypatch.setattr(model_list, "examined_file", slowly)
    watcher = threading.Thread(target=catalogue.rescan)
    watcher.start()
    assert reading.wait(30)
    assert len(catalogue.everything()) < 200
    go_on.set()
    watcher.join()
    assert len(catalogue.everything()) == 200
