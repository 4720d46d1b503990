from dataclasses import replace
from pathlib import Path

import pytest

from webui.errors import InvalidRequest
from webui.model_manager.catalogue.model_entry import CHECKPOINT, Hashes, ModelEntry
from webui.model_manager.catalogue.model_notes import ModelNotes

INK = {"notes": "for quiet rivers", "favourite": True}


def _entry(id_: str, sha256: str = "") -> ModelEntry:
    hashes = Hashes(sha256=sha256, autov2=sha256[:10]) if sha256 else None
    return ModelEntry(
        name=id_, path=Path(id_), kind=CHECKPOINT, family=None, format="single file", size_bytes=1, default_width=64,
        default_height=64, id=id_, hashes=hashes,
    )  # fmt: skip


def test_notes_follow_a_file_that_moved_once_its_hash_is_known(tmp_path: Path) -> None:
    notes = ModelNotes(tmp_path)
    notes.change("old", INK)
    assert notes.of([_entry("old", "a" * 64), _entry("other", "b" * 64)]) == {"old": INK}
    assert notes.of([_entry("new"), _entry("other", "b" * 64)]).keys() == {"old"}, "its hash is not known yet"
    moved = [_entry("new", "a" * 64), _entry("other", "b" * 64)]
    assert notes.of(moved) == {"new": INK}
    notes.change("new", {"favourite": False})
    assert ModelNotes(tmp_path).of([replace(moved[0], id="newer")]) == {"newer": INK | {"favourite": False}}


def test_a_copy_has_notes_of_its_own(tmp_path: Path) -> None:
    notes = ModelNotes(tmp_path)
    notes.change("old", INK)
    both = [_entry("old", "a" * 64), _entry("copy", "a" * 64)]
    assert notes.of(both) == {"old": INK}
    notes.change("copy", {"notes": "the copy"})
    assert notes.of(both[1:]) == {"old": INK, "copy": {"notes": "the copy", "favourite": False}}


def test_notes_that_are_emptied_are_gone_and_others_are_refused(tmp_path: Path) -> None:
    notes = ModelNotes(tmp_path)
    notes.change("old", INK)
    notes.of([_entry("old", "a" * 64)])
    notes.change("old", {"notes": "", "favourite": False})
    assert notes.of([]) == {}
    with pytest.raises(InvalidRequest):
        notes.change("old", {"sha256": "b" * 64})
