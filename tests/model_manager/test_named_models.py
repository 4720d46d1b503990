from pathlib import Path

import pytest

from webui.generation.infotext_fields import InfotextFields
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.named_models import with_known_model


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
