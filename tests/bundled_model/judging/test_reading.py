"""The picture reader is measured as it ships, and only its own figures are told of it."""

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from transformers import CLIPTextModel, CLIPTokenizer

from bundled_model.__main__ import main
from bundled_model.judging.reading import READING_FILE, measure_reading, reader_of, reading_table
from bundled_model.learning.reader import Reader, ReaderSettings, Sentences, label_directions, write_reader
from bundled_model.learning.text_encoder import TextSettings
from bundled_model.scenes.attributes import ATTRIBUTES
from bundled_model.shipping.card import sections_of

TINY = ReaderSettings(side=64, width=32, layers=1, text=TextSettings(width=32, layers=1))


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path) -> Path:
    """A model with an untrained reader."""
    model = Path(shutil.copytree(tiny_model, tmp_path / "checkpoints" / "own"))
    text = CLIPTextModel.from_pretrained(model / "text_encoder")
    tokenizer = CLIPTokenizer.from_pretrained(model / "tokenizer")
    write_reader(Reader(TINY, label_directions(Sentences(text, tokenizer))), model)
    return model


def test_what_the_reader_says_of_drawings_is_told_for_each_attribute(model: Path) -> None:
    figures = measure_reading(model, 20)
    assert figures["drawings"] == figures["scenes"]["style"] == 20
    assert figures["accuracy"].keys() == {*ATTRIBUTES, "mean", "all"}
    assert 0 < figures["accuracy"]["mean"] < 60  # untrained: by chance
    assert figures["mistakes"]["terrain"]
    assert len(reading_table(figures).splitlines()) == 2 + len(ATTRIBUTES) + 2


def test_figures_are_kept_for_the_card_and_forgotten_when_the_reader_changes(model: Path, tmp_path: Path) -> None:
    assert main(["--folder", str(tmp_path), "reading", "--count", "6", "--model", str(model)]) == 0
    assert json.loads((tmp_path / READING_FILE).read_text(encoding="utf-8"))["reader"] == reader_of(model)
    assert "| style | 5 | 6 |" in sections_of(tmp_path, model)["reading"]
    with (model / "questions.json").open("a") as questions:
        questions.write("\n")
    assert "reading" not in sections_of(tmp_path, model)


def test_a_model_without_a_reader_says_so(tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reader_of(tiny_model) == ""
    assert main(["--folder", str(tmp_path), "reading", "--model", str(tiny_model)]) == 1
    assert "reader" in capsys.readouterr().out
