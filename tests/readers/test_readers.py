"""Each kind of reader says what transformers' own classes say of the same picture."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import BertTokenizer, CLIPTokenizer

from tests.tiny_readers import add_tiny_encoder, write_tiny_blip, write_tiny_clip_model
from webui.errors import ModelUnusable
from webui.model_manager.catalogue import Catalogue
from webui.readers.clip_questions import clip_questions
from webui.readers.encoders import ClipEncoders, ModelEncoders
from webui.readers.readers import LoadedReaders, load_reader
from webui.readers.shelf import ReaderShelf

BUNDLED = Path(__file__).parents[2] / "models"


@pytest.fixture
def models(tiny_models_dir: Path, tmp_path: Path) -> Path:
    """A models folder with `tiny`, which can read, and nothing else."""
    shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", tmp_path / "models" / "checkpoints" / "tiny")
    add_tiny_encoder(tmp_path / "models" / "checkpoints" / "tiny")
    return tmp_path / "models"


def _shelf(models: Path) -> ReaderShelf:
    return ReaderShelf(Catalogue((models,)), (models,))


def _picture(seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (48, 64, 3), np.uint8))


def test_a_model_with_an_image_encoder_answers_by_attributes(models: Path) -> None:
    reading = load_reader(_shelf(models).find()).read(_picture()).to_json()
    assert (reading["reader"], reading["kind"]) == ("tiny", "attributes")
    assert [attribute["name"] for attribute in reading["attributes"]] == ["subject", "count", "time"]
    for attribute in reading["attributes"]:
        assert sum(label["score"] for label in attribute["labels"]) == pytest.approx(1, abs=1e-3)
        assert attribute["label"] == attribute["labels"][0]["label"]
        assert attribute["score"] == max(label["score"] for label in attribute["labels"])
    assert reading["sentence"]


def test_the_bundled_model_says_what_its_own_preview_shows() -> None:
    preview = BUNDLED / "checkpoints" / "postcard" / "preview.png"
    reading = load_reader(_shelf(BUNDLED).find()).read(Image.open(preview).convert("RGB"))
    answers = {attribute.name: attribute.labels[0][0] for attribute in reading.attributes}
    shown = {"subject": "lighthouse", "subject_place": "centre", "count": "1", "colour": "red", "terrain": "sea"}
    assert answers.items() >= (shown | {"time": "sunset", "style": "poster", "light": "none"}).items()
    assert reading.sentence.startswith("one red lighthouse in the middle, sea, at sunset")


def test_a_sentence_is_the_text_encoders_state_at_the_end_token_whatever_is_padded(models: Path) -> None:
    encoders = ModelEncoders(models / "checkpoints" / "tiny")
    alone = encoders.sentences(["a boat"])
    among = encoders.sentences(["a boat", "a very long sentence about two houses at night by the sea"])
    torch.testing.assert_close(alone[0], among[0])
    assert alone.norm(dim=-1).item() == pytest.approx(1, abs=1e-5)


def test_a_clip_model_compares_as_transformers_does(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "readers" / "mine"
    model, sentences = write_tiny_clip_model(folder), ["a boat on the sea", "a house"]
    encoders, picture = ClipEncoders(folder), _picture()
    words = CLIPTokenizer.from_pretrained(folder)(sentences, padding=True, return_tensors="pt")
    square = picture.resize((43, 32), Image.Resampling.BICUBIC).crop((5, 0, 37, 32))
    mean, deviation = torch.tensor((0.48145466, 0.4578275, 0.40821073)), (0.26862954, 0.26130258, 0.27577711)
    values = (torch.from_numpy(np.asarray(square) / 255).float() - mean) / torch.tensor(deviation)
    with torch.no_grad():
        known = model(pixel_values=values.permute(2, 0, 1)[None], **words).logits_per_image[0]
    ours = encoders.sharpness * encoders.sentences(sentences) @ encoders.picture(picture)
    torch.testing.assert_close(ours, known, rtol=1e-3, atol=1e-3)


def test_a_clip_model_is_asked_for_medium_subject_and_light(tmp_path: Path) -> None:
    write_tiny_clip_model(tmp_path / "readers" / "mine")
    reading = load_reader(_shelf(tmp_path).find("mine")).read(_picture()).to_json()
    assert {"medium", "subject", "light"} <= {attribute["name"] for attribute in reading["attributes"]}
    medium, subject = (attribute["label"] for attribute in reading["attributes"][:2])
    assert f"{medium} of " in reading["sentence"] and f" {subject}" in reading["sentence"]


def test_every_word_of_clips_questions_is_asked_in_a_sentence_of_its_own() -> None:
    for attribute in clip_questions().attributes.values():
        sentences = [sentence for label in attribute.labels.values() for sentence in label.sentences]
        assert len(set(sentences)) == len(sentences)
        assert not [sentence for sentence in sentences if "{" in sentence]


def test_a_blip_model_writes_what_transformers_lets_it_write(tmp_path: Path) -> None:
    model, picture = write_tiny_blip(tmp_path / "readers" / "told"), _picture()
    reader = load_reader(_shelf(tmp_path).find())
    reading = reader.read(picture)
    small = np.asarray(picture.resize((32, 32), Image.Resampling.BICUBIC)) / 255
    values = (small - (0.48145466, 0.4578275, 0.40821073)) / (0.26862954, 0.26130258, 0.27577711)
    with torch.no_grad():
        written = model.generate(
            pixel_values=torch.from_numpy(values).float().permute(2, 0, 1)[None], max_new_tokens=40, num_beams=3
        )
    tokenizer = BertTokenizer.from_pretrained(tmp_path / "readers" / "told")
    known = tokenizer.decode(written[0], skip_special_tokens=True)
    assert reading.kind == "caption" and not reading.attributes
    assert reading.sentence == known and "boat" in known


def test_a_reader_stays_in_memory_until_its_files_change(models: Path) -> None:
    loaded, shelf = LoadedReaders(), _shelf(models)
    first = loaded.load(shelf.find())
    assert loaded.load(shelf.find()) is first and loaded.has(shelf.find())
    add_tiny_encoder(models / "checkpoints" / "tiny", seed=9)
    assert loaded.load(shelf.find()) is not first


def test_an_encoder_that_does_not_fit_the_text_encoder_is_refused_in_a_sentence(models: Path) -> None:
    add_tiny_encoder(models / "checkpoints" / "tiny", width=16)
    with pytest.raises(ModelUnusable, match="reader 'tiny' could not be loaded: its image encoder has 16 numbers"):
        load_reader(_shelf(models).find())
