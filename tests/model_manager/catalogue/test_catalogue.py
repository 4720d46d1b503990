import shutil
from pathlib import Path

import pytest

from tests.model_manager.catalogue.header_files import SD1, write_safetensors
from webui.errors import ModelNotFound, ModelUnusable
from webui.model_manager.catalogue import Catalogue


@pytest.fixture
def models_dir(tiny_models_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_models_dir, tmp_path / "models"))


def test_a_diffusers_folder_is_a_model_by_its_name(models_dir: Path) -> None:
    entry = Catalogue((models_dir,)).find("tiny-v")
    assert (entry.family, entry.format, entry.default_width) == ("stable-diffusion", "diffusers", 64)
    assert entry.problem is None
    assert entry.size_bytes > 100_000


def test_a_folder_with_models_in_it_directly_serves_too(models_dir: Path) -> None:
    assert Catalogue((models_dir / "checkpoints",)).find("tiny").name == "tiny"


def test_a_single_file_is_a_model_by_its_name(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "mine.safetensors", SD1)
    (entry,) = Catalogue((tmp_path,)).entries()
    assert (entry.name, entry.format, entry.family) == ("mine", "single file", "stable-diffusion")
    assert (entry.problem, entry.architecture, entry.prediction, entry.dtype) == (None, "sd1", "epsilon", "fp16")
    assert entry.parts == ("unet", "vae", "text_encoder")


def test_an_earlier_folder_hides_a_later_ones_model_of_the_same_name(models_dir: Path, tmp_path: Path) -> None:
    other = shutil.copytree(models_dir, tmp_path / "other")
    assert Catalogue((models_dir, other)).find("tiny").path.is_relative_to(models_dir)


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder"])
def test_missing_weights_are_told_with_the_parts_name(models_dir: Path, part: str) -> None:
    for file in (models_dir / "checkpoints" / "tiny" / part).glob("*.safetensors"):
        file.unlink()
    with pytest.raises(ModelUnusable, match=rf"'tiny' cannot be used: the weights of {part}") as caught:
        Catalogue((models_dir,)).find("tiny")
    assert caught.value.field == "model"


@pytest.mark.parametrize("name", ["unet/config.json", "tokenizer/tokenizer_config.json"])
def test_a_missing_description_is_told_with_its_name(models_dir: Path, name: str) -> None:
    (models_dir / "checkpoints" / "tiny" / name).unlink()
    with pytest.raises(ModelUnusable, match=name):
        Catalogue((models_dir,)).find("tiny")


def test_truncated_weights_are_told_with_their_sizes(models_dir: Path) -> None:
    (file,) = (models_dir / "checkpoints" / "tiny" / "unet").glob("*.safetensors")
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ModelUnusable, match=r"unet/.*truncated"):
        Catalogue((models_dir,)).find("tiny")


def test_a_broken_model_is_passed_over_when_the_default_is_asked_for(models_dir: Path) -> None:
    shutil.rmtree(models_dir / "checkpoints" / "tiny" / "vae")
    assert Catalogue((models_dir,)).find(None).name == "tiny-v"


def test_a_damaged_model_index_is_a_sentence(models_dir: Path) -> None:
    (models_dir / "checkpoints" / "tiny" / "model_index.json").write_text("{")
    with pytest.raises(ModelUnusable, match="damaged"):
        Catalogue((models_dir,)).find("tiny")


def test_an_unknown_name_is_told_with_the_known_ones(models_dir: Path) -> None:
    with pytest.raises(ModelNotFound, match="no model 'nope'") as caught:
        Catalogue((models_dir,)).find("nope")
    assert "tiny" in caught.value.hint


def test_an_unknown_vae_is_told_with_those_that_can_be_used(tmp_path: Path) -> None:
    shapes = {"decoder.conv_in.weight": (8, 4, 3, 3), "decoder.conv_out.weight": (3, 8, 3, 3)}
    write_safetensors(tmp_path / "vae" / "soft.safetensors", shapes)
    (tmp_path / "vae" / "broken.safetensors").write_text("<!doctype html>")
    with pytest.raises(ModelNotFound, match="There is no VAE 'nope'") as caught:
        Catalogue((tmp_path,)).find("nope", "vae")
    assert caught.value.hint == "There are: soft."


def test_no_models_at_all_says_where_to_put_them(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="no models yet") as caught:
        Catalogue((tmp_path,)).find(None)
    assert "models/checkpoints" in caught.value.hint


def test_a_name_is_looked_up_and_never_joined_to_a_path(models_dir: Path) -> None:
    for name in ("../checkpoints/tiny", "/etc/passwd", "tiny/../tiny", ""):
        with pytest.raises(ModelNotFound):
            Catalogue((models_dir,)).find(name)


def test_an_inpainting_model_is_known_as_one_and_is_the_default_only_where_there_is_no_other(models_dir: Path) -> None:
    catalogue = Catalogue((models_dir,))
    assert [entry.name for entry in catalogue.entries() if entry.inpainting] == ["tiny-inpaint"]
    for name in ("tiny", "tiny-v"):
        assert not catalogue.find(None).inpainting
        shutil.rmtree(models_dir / "checkpoints" / name)
    assert catalogue.find(None).name == "tiny-inpaint"
