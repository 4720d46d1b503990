"""Which readers are found, and what is said of those that cannot be used."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tiny_readers import add_tiny_encoder, write_tiny_blip, write_tiny_clip_model
from webui.errors import ModelNotFound, ModelUnusable
from webui.model_manager.catalogue import Catalogue
from webui.readers.shelf import ReaderShelf


def _shelf(*models: Path) -> ReaderShelf:
    return ReaderShelf(Catalogue(models), models)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from webui.testing.tiny_model import build_tiny_stable_diffusion

    models = tmp_path_factory.mktemp("three")
    add_tiny_encoder(build_tiny_stable_diffusion(models / "checkpoints" / "own"))
    write_tiny_clip_model(models / "readers" / "likeness")
    write_tiny_blip(models / "readers" / "teller")
    return models


def test_what_the_user_put_there_comes_first_and_who_writes_sentences_before_all(three: Path) -> None:
    assert [(each.name, each.kind) for each in _shelf(three).entries()] == [
        ("teller", "caption"), ("likeness", "clip"), ("own", "attributes"),
    ]  # fmt: skip
    assert _shelf(three).find().name == "teller"
    assert _shelf(three).find("own").kind == "attributes"


def test_where_there_is_none_the_sentence_says_what_to_do(tmp_path: Path, tiny_models_dir: Path) -> None:
    with pytest.raises(ModelNotFound, match="No reader is here") as refused:
        _shelf(tmp_path, tiny_models_dir).find()
    assert "models/readers/NAME" in refused.value.hint


def test_a_name_that_is_not_there_names_those_that_are(three: Path) -> None:
    with pytest.raises(ModelNotFound) as refused:
        _shelf(three).find("nosuch")
    assert "teller" in refused.value.hint and refused.value.field == "reader"


@pytest.mark.parametrize(
    ("break_it", "why"),
    [
        (lambda folder: (folder / "modeling.py").write_text("boom"), "code of its own"),
        (lambda folder: _told(folder, auto_map={"AutoModel": "modeling.Mine"}), "code of its own"),
        (lambda folder: _told(folder, model_type="llava"), "BLIP and CLIP models are read"),
        (lambda folder: _told(folder, architectures=["BlipForQuestionAnswering"]), "BlipForConditionalGeneration"),
        (lambda folder: (folder / "config.json").unlink(), "missing or damaged"),
        (lambda folder: (folder / "model.safetensors").rename(folder / "pytorch_model.bin"), "pickled"),
    ],
)
def test_a_folder_that_cannot_be_used_says_why_and_is_never_the_default(
    tmp_path: Path, break_it: Callable[[Path], object], why: str
) -> None:
    folder = tmp_path / "readers" / "teller"
    write_tiny_blip(folder)
    break_it(folder)
    entry = _shelf(tmp_path).entries()[0]
    assert why in str(entry.problem)
    with pytest.raises(ModelUnusable):
        _shelf(tmp_path).find("teller")
    write_tiny_clip_model(tmp_path / "readers" / "other")
    assert _shelf(tmp_path).find().name == "other"


def test_questions_that_name_nothing_are_told(three: Path, tmp_path: Path) -> None:
    folder = tmp_path / "readers" / "own"
    add_tiny_encoder(folder)
    (folder / "questions.json").write_text(json.dumps({"version": 1, "attributes": {}}))
    assert "questions.json is damaged" in str(_shelf(tmp_path).entries()[0].problem)


def _told(folder: Path, **values: object) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | values))
