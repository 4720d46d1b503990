import errno
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Never

import numpy as np
import pytest
from PIL import Image

from tests.imaging.files import file_of, gradient
from webui.errors import PictureNotFound, PictureUnreadable, SaveFailed
from webui.library.encoding import encode_png
from webui.library.inputs import InputStore
from webui.library.library import Library


def _save(library: Library, png: bytes) -> str:
    saving = library.save(png, job="j", seed=1, width=24, height=16, request="{}", infotext="")
    return saving.picture.id


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_picture_comes_back_as_it_was_given(tmp_path: Path, mode: str) -> None:
    store = InputStore(tmp_path)
    image = gradient().convert(mode)
    picture = store.add(image)
    opened = store.open(picture)
    assert (opened.mode, opened.tobytes()) == (mode, image.tobytes())
    assert store.has(picture)
    assert hashlib.sha256(store.path(picture).read_bytes()).hexdigest()[:32] == picture
    assert [path.name for path in (tmp_path / "inputs").iterdir()] == [f"{picture}.png"]


def test_the_same_pixels_get_the_same_id_whatever_their_file_said(tmp_path: Path) -> None:
    store = InputStore(tmp_path)
    uploads = [store.add_file(file_of(gradient(), kind)) for kind in ("PNG", "TIFF", "BMP")]
    noted = gradient()
    noted.info["dpi"] = (300, 300)
    assert {upload.id for upload in uploads} == {store.add(gradient()), store.add(noted)}


def test_other_modes_are_kept_as_colours(tmp_path: Path) -> None:
    store = InputStore(tmp_path)
    assert store.open(store.add(Image.new("CMYK", (2, 2)))).mode == "RGB"
    assert store.open(store.add(Image.new("LA", (2, 2)))).mode == "RGBA"


def test_an_upload_tells_its_size_and_what_was_done_to_it(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (24, 16), colour) for colour in ("red", "blue")]
    upload = InputStore(tmp_path).add_file(file_of(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert (upload.width, upload.height) == (24, 16)
    assert upload.notes == ("The picture is animated; its first frame is used.",)


def test_an_upload_tells_the_parameters_that_its_file_carries(tmp_path: Path) -> None:
    text = "a boat\nSteps: 9, Sampler: Euler, CFG scale: 3, Seed: 5, Size: 64x64"
    upload = InputStore(tmp_path).add_file(encode_png(np.asarray(gradient()), text, "{}"))
    assert upload.infotext == text
    assert upload.fields is not None
    assert (upload.fields.values["prompt"], upload.fields.values["steps"]) == ("a boat", 9)
    plain = InputStore(tmp_path).add_file(file_of(gradient()))
    assert (plain.infotext, plain.fields) == (None, None)


def test_nothing_is_kept_of_what_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(PictureUnreadable):
        InputStore(tmp_path).add_file(b"hello")
    assert not (tmp_path / "inputs").exists()


@pytest.mark.parametrize("picture", ["0" * 32, "F" * 32, "0" * 31, "", "../../secret", "0" * 31 + "/", "0" * 30 + ".."])
def test_what_is_not_there_is_told(tmp_path: Path, picture: str) -> None:
    store = InputStore(tmp_path)
    assert not store.has(picture)
    with pytest.raises(PictureNotFound):
        store.open(picture)


def test_a_damaged_file_is_told_with_its_name(tmp_path: Path) -> None:
    store = InputStore(tmp_path)
    picture = store.add(gradient())
    store.path(picture).write_bytes(store.path(picture).read_bytes()[:60])
    with pytest.raises(PictureUnreadable, match=rf"inputs/{picture}\.png is damaged"):
        store.open(picture)


def test_pictures_of_the_library_are_taken_under_their_ids(tmp_path: Path) -> None:
    library, store = Library(tmp_path), InputStore(tmp_path)
    picture = _save(library, file_of(gradient()))
    assert not store.has(picture)
    store.take(picture, library)
    store.take(picture, library)
    assert store.open(picture).tobytes() == gradient().tobytes()
    with pytest.raises(PictureNotFound):
        store.take("0" * 32, library)
    library.close()


def test_a_picture_of_the_library_that_was_changed_is_not_taken(tmp_path: Path) -> None:
    library, store = Library(tmp_path), InputStore(tmp_path)
    picture = _save(library, file_of(gradient()))
    library.file(library.find(picture)).write_bytes(file_of(gradient(8, 8)))
    with pytest.raises(PictureNotFound, match="changed"):
        store.take(picture, library)
    assert not store.has(picture)
    library.close()


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> Never:
        raise OSError(errno.ENOSPC, "full")

    store = InputStore(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(SaveFailed, match="no space left on the disk") as told:
            store.add(gradient())
    assert told.value.hint == "Free some space, then choose the picture again."
    assert list((tmp_path / "inputs").iterdir()) == []
    assert store.has(store.add(gradient()))


def test_many_that_keep_the_same_picture_do_not_hinder_each_other(tmp_path: Path) -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    stores = [InputStore(tmp_path) for _ in range(16)]
    with ThreadPoolExecutor(8) as pool:
        (picture,) = set(pool.map(lambda store: store.add(image), stores))
    assert stores[0].open(picture).tobytes() == image.tobytes()
    assert len(list((tmp_path / "inputs").iterdir())) == 1


def test_a_file_system_without_hard_links_works_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> Never:
        raise OSError(errno.EPERM, "not here")

    monkeypatch.setattr(os, "link", refuse)
    store = InputStore(tmp_path)
    assert store.open(store.add(gradient())).tobytes() == gradient().tobytes()


def test_what_a_cut_saving_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    store = InputStore(tmp_path)
    picture = store.add(gradient())
    (tmp_path / "inputs" / f".{picture}.00ff00ff.saving").write_bytes(b"half")
    store.recover()
    assert [path.name for path in (tmp_path / "inputs").iterdir()] == [f"{picture}.png"]
