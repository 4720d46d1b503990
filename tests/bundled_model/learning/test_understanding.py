"""What is read from sentences is told with scores, and measured."""

from pathlib import Path

import pytest
import torch

from bundled_model.captions.lessons import fifty
from bundled_model.captions.tokenizer import END, tokenizer_in, train_tokenizer
from bundled_model.learning import understanding
from bundled_model.learning.text_encoder import WORDS_FILE, CaptionReader, build_text_encoder
from bundled_model.scenes.attributes import ATTRIBUTES


@pytest.fixture(scope="module")
def cut_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cut")
    train_tokenizer(captions=300).save_pretrained(folder / "tokenizer")
    return folder


@pytest.fixture
def worded_folder(cut_folder: Path) -> Path:
    tokenizer = tokenizer_in(cut_folder)
    reader = CaptionReader(build_text_encoder(tokenizer), tokenizer.get_vocab()[END])
    torch.save({"average": reader.state_dict()}, cut_folder / WORDS_FILE)
    return cut_folder


def test_each_attribute_of_each_sentence_is_told_with_its_score(worded_folder: Path) -> None:
    told = understanding.report(worded_folder, ["a red house", "the sea at night"])
    first, second = told.split("\n\n")
    assert first.splitlines()[0] == "a red house"
    assert second.splitlines()[0] == "the sea at night"
    assert len(first.splitlines()) == 1 + len(ATTRIBUTES)
    assert all(line.endswith("%") for line in first.splitlines()[1:])


def test_without_sentences_the_figures_are_told(worded_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(understanding, "CAPTIONS", 10)
    told = understanding.report(worded_folder, [])
    assert "| light place |" in told
    assert "free sentences name" in told


def test_an_untrained_reader_misreads_and_every_mistake_is_told(worded_folder: Path) -> None:
    reader, tokenizer = understanding.load_reader(worded_folder)
    wrong, named = understanding.misread(reader, tokenizer)
    assert named == sum(len(sentence.values) for sentence in fifty())
    assert 0 < len(wrong) <= named
    assert all(true != read for _, _, true, read in wrong)
    figures = understanding.caption_accuracy(reader, tokenizer, count=20)
    assert set(figures) == {*ATTRIBUTES, "mean", "all"}
