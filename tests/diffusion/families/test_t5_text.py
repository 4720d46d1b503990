from pathlib import Path

import pytest
import torch
from transformers import T5EncoderModel, T5Tokenizer

from tests.tiny_text import write_tiny_t5
from webui.diffusion.families.t5_text import T5Reader, T5Text
from webui.generation.request import Emphasis

LENGTH = 24


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("t5")
    torch.manual_seed(0)
    write_tiny_t5(folder / "encoder", folder / "tokenizer", width=16)
    return folder


@pytest.fixture(scope="module")
def parts(folder: Path) -> tuple[T5Tokenizer, T5EncoderModel]:
    return T5Tokenizer.from_pretrained(folder / "tokenizer"), T5EncoderModel.from_pretrained(folder / "encoder")


def _reader(
    parts: tuple[T5Tokenizer, T5EncoderModel],
    *,
    filled: bool = True,
    emphasis: Emphasis = Emphasis.ORIGINAL,
    length: int = LENGTH,
) -> T5Reader:
    tokenizer, encoder = parts
    text = T5Text(tokenizer=tokenizer, encoder=encoder, device=torch.device("cpu"), length=length, filled=filled)
    return T5Reader(text, emphasis=emphasis)


def _plain(parts: tuple[T5Tokenizer, T5EncoderModel], text: str, *, masked: bool = False) -> torch.Tensor:
    """As diffusers' pipelines encode it."""
    tokenizer, encoder = parts
    read = tokenizer(text, padding="max_length", max_length=LENGTH, truncation=True, return_tensors="pt")
    with torch.inference_mode():
        return encoder(read.input_ids, attention_mask=read.attention_mask if masked else None)[0]


@pytest.mark.parametrize("text", ["", "the cat", "a dog, 3 cats", "x" * 60])
def test_a_text_without_marks_is_encoded_as_plainly_with_its_filling(
    parts: tuple[T5Tokenizer, T5EncoderModel], text: str
) -> None:
    assert torch.equal(_reader(parts)(text), _plain(parts, text))


@pytest.mark.parametrize("text", ["", "the cat"])
def test_unfilled_a_text_keeps_its_end_and_one_token_of_filling(
    parts: tuple[T5Tokenizer, T5EncoderModel], text: str
) -> None:
    encoded = _reader(parts, filled=False)(text)
    words = len(parts[0](text, add_special_tokens=False).input_ids)
    assert encoded.shape[1] == words + 2
    torch.testing.assert_close(encoded, _plain(parts, text, masked=True)[:, : words + 2])


def test_a_full_text_has_no_filling_to_keep(parts: tuple[T5Tokenizer, T5EncoderModel]) -> None:
    assert _reader(parts, filled=False)("x" * 60).shape[1] == LENGTH


def test_emphasis_multiplies_the_tokens_of_its_words_alone(parts: tuple[T5Tokenizer, T5EncoderModel]) -> None:
    plain, weighed = _reader(parts)("the cat a"), _reader(parts)("the (cat:1.5) a")
    torch.testing.assert_close(weighed[:, 1], 1.5 * plain[:, 1])
    others = [place for place in range(LENGTH) if place != 1]
    assert torch.equal(weighed[:, others], plain[:, others])


def test_emphasis_inside_a_word_does_not_change_its_tokens(parts: tuple[T5Tokenizer, T5EncoderModel]) -> None:
    plain, weighed = _reader(parts)("dog"), _reader(parts)("do(g:2)")
    changed = (weighed != plain).any(-1)[0].nonzero().flatten().tolist()
    assert changed == [3], "after the mark of a word's begin, d and o"


def test_emphasis_can_be_ignored_or_read_as_text(parts: tuple[T5Tokenizer, T5EncoderModel]) -> None:
    assert torch.equal(_reader(parts, emphasis=Emphasis.IGNORE)("(cat:2)"), _plain(parts, "cat"))
    assert torch.equal(_reader(parts, emphasis=Emphasis.NONE)("(cat)"), _plain(parts, "(cat)"))


def test_break_is_a_space(parts: tuple[T5Tokenizer, T5EncoderModel]) -> None:
    assert torch.equal(_reader(parts)("the BREAK cat"), _plain(parts, "the cat"))


def test_what_is_too_long_is_left_out_and_said_once(parts: tuple[T5Tokenizer, T5EncoderModel]) -> None:
    reader = _reader(parts)
    for text in ("x" * 60, "x" * 60 + " ", "the cat"):
        reader(text)
    assert reader.notes == [
        "The prompt has 61 tokens for the text encoder T5, which reads 23 of them: its end is left out."
    ]


def test_words_know_their_tokens(parts: tuple[T5Tokenizer, T5EncoderModel]) -> None:
    reader = _reader(parts)
    words = reader.words("the (cat:1.2), a dog")
    assert [word.text for word in words] == ["the", "cat", "a", "dog"]
    assert [word.tokens for word in words][:2] == [(0,), (1,)]
    assert len(words[3].tokens) == 4
    assert reader.words("x" * 60 + " cat") == [type(words[0])("x" * 60, tuple(range(23)))]


def test_without_a_word_the_rest_is_encoded_with_its_weights(parts: tuple[T5Tokenizer, T5EncoderModel]) -> None:
    reader = _reader(parts)
    prompt = "the cat (dog:1.4) cat"
    words = reader.words(prompt)
    assert torch.equal(reader.without(prompt, words[3]), reader("the cat (dog:1.4)"))
    assert torch.equal(reader.without(prompt, words[1]), reader("the (dog:1.4) cat"))
    assert torch.equal(reader.without(prompt, words[2]), reader("the cat cat"))
