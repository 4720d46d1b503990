from pathlib import Path

import pytest

from tests.model_manager.catalogue.header_files import SD1, write_safetensors
from webui.generation.infotext_fields import InfotextFields
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.hashing import hashed
from webui.model_manager.named_models import hash_pairs, with_known_model


@pytest.mark.parametrize("told", ["tiny", "TINY", "sd15\\tiny", "a/tiny"])
def test_a_model_is_found_whatever_its_case_and_folder(tiny_models_dir: Path, told: str) -> None:
    read = with_known_model(InfotextFields({"model": told, "seed": 1}), Catalogue((tiny_models_dir,)))
    assert read == InfotextFields({"model": "tiny", "seed": 1})


def test_a_model_that_is_not_here_is_left_out_with_a_note(tiny_models_dir: Path) -> None:
    read = with_known_model(InfotextFields({"model": "sea", "seed": 1}), Catalogue((tiny_models_dir,)))
    assert read.values == {"seed": 1}
    assert read.notes == ("The model 'sea' is not here, so it was left out.",)


def test_no_model_is_no_matter(tiny_models_dir: Path) -> None:
    fields = InfotextFields({"seed": 1})
    assert with_known_model(fields, Catalogue((tiny_models_dir,))) is fields


def _hashed_catalogue(folder: Path) -> Catalogue:
    write_safetensors(folder / "checkpoints" / "renamed.safetensors", SD1)
    catalogue = Catalogue((folder,))
    (entry,) = catalogue.entries()
    catalogue.learn_hashes(entry, hashed(entry.path, lora=False))
    return catalogue


def test_a_model_that_has_another_name_here_is_found_by_the_hash_that_a_picture_tells(tmp_path: Path) -> None:
    catalogue = _hashed_catalogue(tmp_path)
    told = hash_pairs(catalogue.find(None))
    for values in ({"model": "its name elsewhere"}, {}):
        read = with_known_model(InfotextFields(dict(values), told), catalogue)
        assert read.values == {"model": "renamed"}
        assert read.notes == ("The model was found by its hash: 'renamed'.",)


def test_a_hash_of_another_file_finds_nothing(tmp_path: Path) -> None:
    read = with_known_model(InfotextFields({"model": "x"}, {"Model hash": "0" * 10}), _hashed_catalogue(tmp_path))
    assert read.values == {}


def test_a_vae_that_is_not_here_is_left_out_with_a_note(tmp_path: Path) -> None:
    read = with_known_model(InfotextFields({"vae": "sharp.pt"}), Catalogue((tmp_path,)))
    assert (read.values, read.left_over) == ({}, {"VAE": "sharp.pt"})
    assert read.notes == ("The VAE 'sharp.pt' is not here, so it was left out.",)


def test_a_refiner_is_known_by_its_name_or_left_out_with_a_note(tiny_models_dir: Path) -> None:
    catalogue = Catalogue((tiny_models_dir,))
    refiner = {"model": "TINY-V", "switch_at": 0.8}
    read = with_known_model(InfotextFields({"refiner": refiner}), catalogue)
    assert read.values == {"refiner": {"model": "tiny-v", "switch_at": 0.8}}
    read = with_known_model(InfotextFields({"refiner": refiner | {"model": "gone"}, "seed": 1}), catalogue)
    assert read.values == {"seed": 1}
    assert read.notes == ("The refiner 'gone' is not here, so it was left out.",)
