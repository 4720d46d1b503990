"""The picture reader: asked for every label in sentences of its own, taught by drawings, written for who ships it."""

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor

pytest.importorskip("skia", exc_type=ImportError)

import numpy as np
from PIL import Image

from bundled_model.captions.tokenizer import tokenizer_in
from bundled_model.drawing.painter import SIZES, paint
from bundled_model.learning.drawings import DrawingStore
from bundled_model.learning.pictures import to_tensor
from bundled_model.learning.questions import questions
from bundled_model.learning.reader import (
    Reader,
    ReaderSettings,
    ReadingLoss,
    Sentences,
    half_mirrored,
    jittered,
    label_directions,
    load_reader,
    read_pictures,
    reading_accuracy,
    squashed,
    train_reader,
    write_reader,
)
from bundled_model.learning.text_encoder import TextSettings, build_text_encoder
from bundled_model.learning.training import Budget, Stop
from bundled_model.scenes.attributes import ATTRIBUTES
from bundled_model.scenes.sampling import numbered_scene
from bundled_model.scenes.scene import Place, mirrored

PICTURES = 64
TEXT = TextSettings(width=32, layers=1)
TINY = ReaderSettings(side=64, width=32, layers=1, text=TEXT, batch=12)


@pytest.fixture
def folder(training_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A training folder whose text encoder is random, and small."""
    text = build_text_encoder(tokenizer_in(training_folder), TEXT)
    monkeypatch.setattr("bundled_model.learning.reader.load_text_encoder", lambda folder, settings: text)
    return training_folder


def _sentences(folder: Path) -> Sentences:
    tokenizer = tokenizer_in(folder)
    return Sentences(build_text_encoder(tokenizer, TEXT).eval(), tokenizer)


def test_every_label_is_asked_for_in_sentences_that_no_other_label_has() -> None:
    asked = questions()
    assert {name: tuple(labels) for name, labels in asked.items()} == {
        name: tuple(map(str, labels)) for name, labels in ATTRIBUTES.items()
    }
    for labels in asked.values():
        sentences = [sentence for said in labels.values() for sentence in set(said)]
        assert all(labels.values())
        assert len(sentences) == len(set(sentences))


def test_a_sentence_has_one_direction_alone_or_among_longer_ones(folder: Path) -> None:
    sentences = _sentences(folder)
    among = sentences(["a red house", "two sailboats on the left of a calm lake at sunset in autumn"])
    torch.testing.assert_close(sentences(["a red house"])[0], among[0])
    torch.testing.assert_close(among.norm(dim=-1), torch.ones(2))


def test_pictures_of_all_sizes_are_squashed_as_pillow_squashes_them() -> None:
    scene, seed = numbered_scene(1, 5)
    for size in SIZES:
        pixels = paint(scene, seed, size).pixels
        ours = squashed(to_tensor(pixels[None]), 128)[0].permute(1, 2, 0).add(1).mul(127.5)
        theirs = Image.fromarray(pixels).resize((128, 128), Image.Resampling.BILINEAR)
        # Pillow rounds once for each direction.
        assert (ours - torch.from_numpy(np.array(theirs, np.float32))).abs().max() < 1.6


def test_a_mirrored_picture_has_its_things_on_the_other_side() -> None:
    numbered = (numbered_scene(1, number)[0] for number in range(99))
    scene = next(each for each in numbered if each.light_place is Place.RIGHT and each.subject_place is Place.LEFT)
    columns = torch.linspace(-1, 1, 8).expand(64, 3, 8, 8)
    pictures, scenes = half_mirrored(columns, [scene] * 64, torch.Generator().manual_seed(3))
    for picture, shown in zip(pictures, scenes, strict=True):
        assert torch.equal(picture, columns[0] if shown is scene else columns[0].flip(2))
        assert shown is scene or (shown.light_place, shown.subject_place) == (Place.LEFT, Place.RIGHT)
        assert shown is scene or mirrored(shown) == scene
    assert 16 < sum(shown is scene for shown in scenes) < 48


def test_jitter_moves_pictures_by_a_few_pixels_of_their_own() -> None:
    columns = torch.linspace(-1, 1, 64).expand(8, 3, 64, 64)
    moved = jittered(columns, torch.Generator().manual_seed(3))
    shift: Tensor = (moved - columns)[:, 0, 32, 8:-8].mean(dim=1) * 32
    assert 0.2 < shift.abs().max() < 6
    assert len({round(float(each), 2) for each in shift}) > 4


def test_a_few_steps_make_the_loss_smaller(folder: Path) -> None:
    sentences, store = _sentences(folder), DrawingStore(folder, PICTURES)
    reader = Reader(TINY, label_directions(sentences))
    loss = ReadingLoss(reader, sentences, store, TINY)
    before = loss(99).item()
    assert train_reader(folder, store, Budget(0, 12), Stop(), TINY)
    state = torch.load(folder / "reader.pt", weights_only=True)
    assert state["step"] == 12
    reader.load_state_dict(state["model"])
    assert loss(99).item() < before
    figures = reading_accuracy(folder, 3, TINY)
    assert figures.keys() == {*ATTRIBUTES, "mean"}


def test_what_is_written_reads_as_the_trained_reader_does(folder: Path, tmp_path: Path) -> None:
    assert train_reader(folder, DrawingStore(folder, PICTURES), Budget(0, 1), Stop(), TINY)
    own = tmp_path / "readers" / "own"
    write_reader(load_reader(folder, TINY), own)
    build_text_encoder(tokenizer_in(folder), TEXT).save_pretrained(own / "text_encoder")
    tokenizer_in(folder).save_pretrained(own / "tokenizer")

    from webui.model_manager.catalogue import Catalogue
    from webui.readers.readers import load_reader as load_written
    from webui.readers.shelf import ReaderShelf

    shelf = ReaderShelf(Catalogue((tmp_path,)), (tmp_path,))
    shipped, trained = load_written(shelf.find()), load_reader(folder, TINY)
    scene, seed = numbered_scene(1, 5)
    pixels = paint(scene, seed, (384, 256)).pixels
    read = read_pictures(trained, to_tensor(pixels[None]))[0].tolist()
    told = shipped.read(Image.fromarray(pixels)).to_json()
    answers = {name: labels[label] for (name, labels), label in zip(ATTRIBUTES.items(), read, strict=True)}
    # Half precision may turn what is a tie for an untrained network.
    agree = [attribute["label"] == answers[attribute["name"]] for attribute in told["attributes"]]
    assert sum(agree) >= len(agree) - 2
    assert told["sentence"] is not None


def test_the_written_encoder_is_one_of_transformers_own(folder: Path, tmp_path: Path) -> None:
    assert train_reader(folder, DrawingStore(folder, PICTURES), Budget(0, 1), Stop(), TINY)
    write_reader(load_reader(folder, TINY), tmp_path)
    from transformers import CLIPVisionModelWithProjection

    encoder = CLIPVisionModelWithProjection.from_pretrained(tmp_path / "image_encoder")
    assert encoder.config.projection_dim == TEXT.width
    assert encoder.dtype == torch.float32
    rules = json.loads((tmp_path / "image_encoder" / "preprocessor_config.json").read_text())
    assert rules["image_processor_type"] == "CLIPImageProcessor"
    assert rules["size"] == {"height": 64, "width": 64}


def test_the_default_encoder_has_at_most_three_million_weights() -> None:
    settings = ReaderSettings()
    reader = Reader(settings, torch.zeros(sum(map(len, ATTRIBUTES.values())), settings.text.width))
    assert sum(weights.numel() for weights in reader.parameters()) <= 3_000_000
