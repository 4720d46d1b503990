"""The fifty sentences: painted, read, and told in a table."""

from pathlib import Path

import pytest

pytest.importorskip("skia", exc_type=ImportError)

import numpy as np
from PIL import Image

from bundled_model.captions.lessons import fifty
from bundled_model.judging.classifier import Classifier
from bundled_model.judging.generating import Sampling
from bundled_model.shipping import sentences
from bundled_model.shipping.sentences import (
    PICTURE,
    SENTENCES_FILE,
    Told,
    keep_sentences,
    paint_sentences,
    sentences_table,
    summary,
)

TOLD = [
    Told("the keeper at midnight", {"time": "night", "subject": "lighthouse"}, {"time": "night", "subject": "house"}),
    Told("three gulls", {"subject": "bird", "count": "3"}, {"subject": "bird", "count": "3"}),
]


def test_the_table_strikes_out_what_is_not_to_be_seen() -> None:
    rows = sentences_table(TOLD).splitlines()
    assert rows[2] == "| 1 | the keeper at midnight | night, ~~lighthouse~~ house |"
    assert rows[3] == "| 2 | three gulls | bird, 3 |"


def test_the_summary_counts_what_is_read() -> None:
    assert summary(TOLD).startswith("Of 4 things that the 2 sentences name, 3 are read in their pictures (75 %); in 1 ")


def test_a_picture_of_each_sentence_is_read_and_kept(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = fifty()[:3]
    monkeypatch.setattr(sentences, "fifty", lambda: some)
    told, pictures = paint_sentences(Sampling(tiny_model, steps=1), Classifier().eval(), seed=1)
    assert [each.text for each in told] == [idea.text for idea in some]
    assert all(each.named.keys() == each.read.keys() for each in told)
    keep_sentences(told, pictures, "weights", tmp_path / SENTENCES_FILE, tmp_path / PICTURE)
    assert Image.open(tmp_path / PICTURE).size == (3 * 128, 128)
    assert (tmp_path / SENTENCES_FILE).exists()


def test_all_fifty_sentences_name_something() -> None:
    assert len(fifty()) == 50
    assert all(idea.named() for idea in fifty())


def test_a_number_is_drawn_into_the_corner() -> None:
    plain = np.full((128, 128, 3), 90, np.uint8)
    marked = sentences.numbered(plain, 37)
    assert (marked[:20, :20] != 90).any()
    assert (marked[40:] == 90).all()
