"""The tokenizer knows the captions' words whole and spells every other word."""

from pathlib import Path

import pytest
from transformers import CLIPTokenizer

from bundled_model.captions.tokenizer import MAX_TOKENS, VOCABULARY, tokenizer_in, train_tokenizer
from bundled_model.captions.words import common_words


@pytest.fixture(scope="module")
def tokenizer() -> CLIPTokenizer:
    return train_tokenizer(captions=1500)


@pytest.mark.parametrize(
    "text", ["a lighthouse by the sea", "zzyzx qwertz", "größe naïve", "the 猫 and the собака", "don't @ me #1"]
)
def test_known_and_unknown_words_survive_the_round_trip(tokenizer: CLIPTokenizer, text: str) -> None:
    back = tokenizer.decode(tokenizer(text).input_ids, skip_special_tokens=True)
    assert back.replace(" ", "") == text.replace(" ", "")


def test_no_word_becomes_the_unknown_token(tokenizer: CLIPTokenizer) -> None:
    numbers = tokenizer("猫 qwertz ☃").input_ids
    assert tokenizer.unk_token_id not in numbers[1:-1]


def test_words_of_captions_are_single_tokens(tokenizer: CLIPTokenizer) -> None:
    for word in ("sailboat", "lighthouse", "sunset", "mountains", "left"):
        assert len(tokenizer(word).input_ids) == 3


def test_case_does_not_matter(tokenizer: CLIPTokenizer) -> None:
    assert tokenizer("A Red CASTLE").input_ids == tokenizer("a red castle").input_ids


def test_prompts_are_padded_and_cut_to_77_tokens(tokenizer: CLIPTokenizer) -> None:
    for text in ("", "sea " * 200):
        numbers = tokenizer(text, padding="max_length", truncation=True).input_ids
        assert len(numbers) == MAX_TOKENS
        assert numbers[0] == tokenizer.bos_token_id
        assert numbers[-1] == tokenizer.eos_token_id


def test_training_twice_gives_the_same_vocabulary(tokenizer: CLIPTokenizer) -> None:
    assert train_tokenizer(captions=1500).get_vocab() == tokenizer.get_vocab()
    assert len(tokenizer) <= VOCABULARY


def test_a_run_keeps_its_tokenizer_in_its_folder(tokenizer: CLIPTokenizer, tmp_path: Path) -> None:
    tokenizer.save_pretrained(tmp_path / "tokenizer")
    assert tokenizer_in(tmp_path).get_vocab() == tokenizer.get_vocab()


def test_common_words_are_many_and_without_comments() -> None:
    words = common_words()
    assert len(words) > 900
    assert "#" not in words
