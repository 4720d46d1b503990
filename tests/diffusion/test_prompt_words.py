"""Which tokens a word has, with the tiny model's tokeniser: single letters, and `the` as one token."""

from pathlib import Path

import pytest
import torch
from transformers import CLIPTextModel, CLIPTokenizer

from webui.diffusion.families.clip_text import ClipText
from webui.diffusion.prompt_encoding import PromptEncoder
from webui.diffusion.text_encoder import TextEncoder
from webui.generation.request import Emphasis


@pytest.fixture(scope="module")
def text(tiny_models_dir: Path) -> TextEncoder:
    folder = tiny_models_dir / "checkpoints" / "tiny"
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    encoder = CLIPTextModel.from_pretrained(folder / "text_encoder")
    return ClipText(tokenizer=tokenizer, encoder=encoder, device=torch.device("cpu"))


def _words(
    text: TextEncoder, prompt: str, emphasis: Emphasis = Emphasis.ORIGINAL, **embeddings: torch.Tensor
) -> list[tuple[str, tuple[int, ...]]]:
    reader = PromptEncoder(text, emphasis=emphasis, clip_skip=1, embeddings=embeddings.get)
    words = reader.words(prompt)
    encoded = reader(prompt)
    assert all(token < encoded.shape[1] for word in words for token in word.tokens)
    return [(word.text, word.tokens) for word in words]


def test_a_word_has_all_its_tokens_and_the_first_one_follows_the_begin(text: TextEncoder) -> None:
    assert _words(text, "the cat") == [("the", (1,)), ("cat", (2, 3, 4))]


def test_punctuation_takes_tokens_but_is_no_word(text: TextEncoder) -> None:
    assert _words(text, "a, b.") == [("a", (1,)), ("b", (3,))]


def test_brackets_and_their_weights_are_no_words(text: TextEncoder) -> None:
    assert _words(text, "(the:1.5) ca[t]") == [("the", (1,)), ("ca", (2, 3)), ("t", (4,))]


def test_where_emphasis_is_off_brackets_are_letters_of_the_text(text: TextEncoder) -> None:
    assert [word for word, _ in _words(text, "a b", Emphasis.NONE)] == ["a", "b"]


def test_words_of_a_second_chunk_are_counted_behind_the_first(text: TextEncoder) -> None:
    prompt = " ".join(["the"] * 75) + " cat"
    assert _words(text, prompt)[-1] == ("cat", (78, 79, 80))


def test_break_begins_a_chunk_and_is_no_word(text: TextEncoder) -> None:
    assert _words(text, "a BREAK b") == [("a", (1,)), ("b", (78,))]


def test_a_textual_inversion_is_one_word_with_as_many_tokens_as_it_has_vectors(text: TextEncoder) -> None:
    vectors = torch.zeros(3, text.width)
    assert _words(text, "a foto b", foto=vectors) == [("a", (1,)), ("foto", (2, 3, 4)), ("b", (5,))]


def test_capitals_and_wide_spaces_change_nothing(text: TextEncoder) -> None:
    assert _words(text, "  The   CAT ") == [("The", (1,)), ("CAT", (2, 3, 4))]


def test_an_empty_prompt_has_no_words(text: TextEncoder) -> None:
    assert _words(text, "") == []
    assert _words(text, " ,, ") == []
