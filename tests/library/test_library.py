import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from webui.errors import PictureNotFound
from webui.library.encoding import encode_png
from webui.library.index import SAVING
from webui.library.library import Library, Saving
from webui.library.pictures import temporary_of


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path / "data")
    yield library
    library.close()


def make_png(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    return encode_png(pixels, f"Seed: {seed}", "{}")


def save(library: Library, seed: int, job: str = "a") -> Saving:
    request = json.dumps({"seed": seed})
    return library.save(
        make_png(seed), job=job, seed=seed, width=16, height=16, request=request, infotext=f"Seed: {seed}"
    )


def _pngs(library: Library) -> list[Path]:
    return sorted((library.data_dir / "outputs").rglob("*.png"))


def test_a_saved_picture_is_found_by_the_hash_of_its_bytes(library: Library) -> None:
    saving = save(library, 7)
    assert saving.warning == ""
    assert saving.picture.id == hashlib.sha256(make_png(7)).hexdigest()[:32]
    found = library.find(saving.picture.id)
    assert (found.seed, found.width, found.infotext, found.saved) == (7, 16, "Seed: 7", True)
    assert library.file(found).read_bytes() == make_png(7)


def test_no_part_of_the_prompt_is_in_a_file_name(library: Library) -> None:
    saving = save(library, 7)
    assert library.file(saving.picture).name == "00001-7.png"


def test_the_same_bytes_are_kept_once(library: Library) -> None:
    first, second = save(library, 7, job="a"), save(library, 7, job="b")
    assert second.picture == first.picture
    assert len(_pngs(library)) == 1
    assert [picture.id for picture in library.recent(10)] == [first.picture.id]


def test_a_picture_whose_file_was_removed_is_saved_again(library: Library) -> None:
    first = save(library, 7)
    library.file(first.picture).unlink()
    with pytest.raises(PictureNotFound):
        library.file(library.find(first.picture.id))
    again = save(library, 7)
    assert library.file(again.picture).read_bytes() == make_png(7)
    assert library.file(library.find(again.picture.id)).is_file()


def test_the_newest_pictures_come_first_and_in_pages(library: Library) -> None:
    ids = [save(library, seed).picture.id for seed in range(5)]
    assert [picture.id for picture in library.recent(3)] == ids[:1:-1]
    assert [picture.id for picture in library.recent(3, before=ids[2])] == ids[1::-1]
    assert library.recent(3, before="unknown") == []


def test_an_unknown_picture_is_told_in_a_sentence(library: Library) -> None:
    with pytest.raises(PictureNotFound, match="no such picture"):
        library.find("0" * 32)


def test_everything_is_there_after_opening_the_folder_again(library: Library) -> None:
    saved = save(library, 7).picture
    again = Library(library.data_dir)
    assert again.find(saved.id) == saved
    again.close()


def test_a_saving_cut_before_the_file_leaves_nothing_behind(library: Library) -> None:
    saved = save(library, 7).picture
    file = library.file(saved)
    temporary_of(file).write_bytes(make_png(7)[:20])
    file.unlink()
    library._index.put(saved, SAVING)
    library.recover()
    assert list(file.parent.iterdir()) == []
    assert library.recent(10) == []


def test_a_saving_cut_after_the_file_is_completed(library: Library) -> None:
    saved = save(library, 7).picture
    library._index.put(saved, SAVING)
    assert library.recent(10) == []
    library.recover()
    assert library.find(saved.id) == saved


def test_a_half_written_file_under_the_final_name_is_not_taken_for_a_picture(library: Library) -> None:
    saved = save(library, 7).picture
    library.file(saved).write_bytes(make_png(7)[:20])
    library._index.put(saved, SAVING)
    library.recover()
    assert library.recent(10) == []
