import json
from pathlib import Path

import pytest

from webui.model_manager.vocabulary import MOST_WORDS, vocabulary, words_of

BUNDLED = Path(__file__).parents[2] / "models" / "checkpoints" / "postcard"


def test_the_bundled_models_words_come_with_the_frequent_ones_first() -> None:
    words = vocabulary(BUNDLED)
    assert {"castle", "lighthouse", "red", "night"} <= set(words)
    assert words.index("sky") < words.index("castle") < words.index("fortress")


def test_pieces_that_are_only_parts_of_words_are_left_out() -> None:
    assert not {"ight", "ers", "leep", "ctopus", "icorn"} & set(vocabulary(BUNDLED))


def test_a_word_that_also_ends_words_made_of_two_is_kept() -> None:
    pieces = {"house</w>": 0, "light</w>": 1, "lighthouse</w>": 2, "ight</w>": 3, "night</w>": 4}
    merges = [("ho", "use</w>"), ("i", "ght</w>"), ("n", "ight</w>"), ("l", "ight</w>"), ("light", "house</w>")]
    assert list(words_of(pieces, merges)) == ["house", "light", "lighthouse", "night"]


def test_a_checkpoint_in_one_file_has_the_words_of_clip(tmp_path: Path) -> None:
    words = vocabulary(tmp_path / "model.safetensors")
    assert len(words) == MOST_WORDS
    assert {"house", "night", "music"} <= set(words)


@pytest.mark.parametrize("vocab", [{"▁red": 0, "▁Red": 1, "s": 2, "▁a": 3}, [["▁red", -1.5], ["s", -2.0]]])
def test_other_kinds_of_tokenisers_mark_where_words_begin(tmp_path: Path, vocab: object) -> None:
    (tmp_path / "tokenizer").mkdir()
    (tmp_path / "tokenizer" / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocab}}))
    assert vocabulary(tmp_path) == ("red",)


def test_the_two_files_of_the_first_tokenisers_are_read(tmp_path: Path) -> None:
    (tmp_path / "tokenizer").mkdir()
    (tmp_path / "tokenizer" / "vocab.json").write_text(json.dumps({"r": 0, "red</w>": 1, "dog</w>": 2}))
    (tmp_path / "tokenizer" / "merges.txt").write_text("#version: 0.2\nre d</w>\n")
    assert vocabulary(tmp_path) == ("red", "dog")


def test_a_damaged_tokeniser_gives_the_words_of_clip(tmp_path: Path) -> None:
    (tmp_path / "tokenizer").mkdir()
    (tmp_path / "tokenizer" / "tokenizer.json").write_text("{")
    assert "music" in vocabulary(tmp_path)
