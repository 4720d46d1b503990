import pytest
import torch

from tests.diffusion.toy_encoder import ToyEncoder
from webui.diffusion.prompt_encoding import PromptEncoder
from webui.generation.request import Emphasis

TINY = 6
"""A chunk of four words, with the tokens that begin and end it."""


def _encode(
    text: str,
    encoder: ToyEncoder,
    *,
    emphasis: Emphasis = Emphasis.ORIGINAL,
    embeddings: dict[str, torch.Tensor] | None = None,
) -> list[float]:
    named = embeddings or {}
    encode = PromptEncoder(encoder, emphasis=emphasis, clip_skip=1, embeddings=named.get)
    return encode(text)[0].flatten().tolist()


def _words(encoder: ToyEncoder) -> list[list[int]]:
    """What each chunk says between its first and its first end token."""
    return [list(chunk.ids[1 : chunk.ids.index(encoder.end, 1)]) for chunk in encoder.chunks]


def _numbers(*, first: int, count: int) -> str:
    return " ".join(str(first + i) for i in range(count))


def test_a_chunk_begins_ends_and_is_filled() -> None:
    assert _encode("30 40", ToyEncoder(chunk_length=TINY)) == [1, 30, 40, 2, 0, 0]


def test_an_empty_prompt_is_one_empty_chunk() -> None:
    assert _encode("", ToyEncoder(chunk_length=TINY)) == [1, 2, 0, 0, 0, 0]


def test_without_restoring_the_mean_each_token_is_multiplied_by_its_weight() -> None:
    encoded = _encode("10 (20:1.5) 30", ToyEncoder(chunk_length=TINY), emphasis=Emphasis.NO_NORM)
    assert encoded == [1, 10, 30, 30, 2, 0]  # 20 * 1.5 = 30


def test_by_default_the_mean_of_the_chunk_is_restored() -> None:
    # 1 + 10 + 20 + 30 + 2 = 63 becomes 1 + 10 + 30 + 30 + 2 = 73, so everything is scaled by 63 / 73.
    encoded = _encode("10 (20:1.5) 30", ToyEncoder(chunk_length=TINY))
    assert encoded == pytest.approx([value * 63 / 73 for value in (1, 10, 30, 30, 2, 0)])
    assert sum(encoded) == pytest.approx(63)


def test_the_mean_is_that_of_all_tokens_and_all_numbers_of_their_vectors() -> None:
    # Tokens 1 10 2 0 and places 0 1 2 3 sum to 19; doubled, (10, 1) is (20, 2), and the sum 30.
    encoded = _encode("(10:2)", ToyEncoder(chunk_length=4, width=2))
    assert encoded == pytest.approx([value * 19 / 30 for value in (1, 0, 20, 2, 2, 2, 0, 3)])


def test_the_mean_is_restored_chunk_by_chunk() -> None:
    encoded = _encode("10 BREAK (20:2)", ToyEncoder(chunk_length=4))
    assert encoded == pytest.approx([1, 10, 2, 0, *(value * 23 / 43 for value in (1, 40, 2, 0))])


def test_round_and_square_brackets_weigh_a_tenth_more_and_less() -> None:
    encoded = _encode("(10) [10]", ToyEncoder(chunk_length=TINY), emphasis=Emphasis.NO_NORM)
    assert encoded == pytest.approx([1, 11, 10 / 1.1, 2, 0, 0])


def test_ignored_emphasis_reads_the_brackets_and_weighs_nothing() -> None:
    assert _encode("10 (20:1.5)", ToyEncoder(chunk_length=TINY), emphasis=Emphasis.IGNORE) == [1, 10, 20, 2, 0, 0]


def test_without_emphasis_brackets_and_break_are_words_like_others() -> None:
    encoder = ToyEncoder(chunk_length=TINY)
    read: list[str] = []
    encoder.tokenize = lambda text: [read.append(text) or 7]  # type: ignore[method-assign,func-returns-value]
    _encode("(10:2) BREAK [20]", encoder, emphasis=Emphasis.NONE)
    assert read[1:] == ["(10:2) BREAK [20]"]


def test_the_76th_token_begins_a_second_chunk() -> None:
    encoder = ToyEncoder()
    encoded = _encode(_numbers(first=100, count=76), encoder)
    assert len(encoded) == 2 * 77
    assert _words(encoder) == [list(range(100, 175)), [175]]
    assert encoded[76:79] == [2, 1, 175]


def test_75_tokens_are_one_chunk() -> None:
    encoder = ToyEncoder()
    assert len(_encode(_numbers(first=100, count=75), encoder)) == 77


def test_a_full_chunk_is_cut_after_its_last_comma_if_that_is_among_the_last_20() -> None:
    encoder = ToyEncoder()
    _encode(f"{_numbers(first=100, count=55)}, {_numbers(first=200, count=25)}", encoder)
    assert _words(encoder) == [[*range(100, 155), 9], list(range(200, 225))]  # 19 tokens follow the comma


def test_a_comma_further_back_does_not_cut() -> None:
    encoder = ToyEncoder()
    _encode(f"{_numbers(first=100, count=54)}, {_numbers(first=200, count=25)}", encoder)
    assert _words(encoder) == [[*range(100, 154), 9, *range(200, 220)], list(range(220, 225))]


def test_a_comma_that_would_begin_a_chunk_does_not_move_the_words_before_it() -> None:
    encoder = ToyEncoder()
    _encode(f"{_numbers(first=100, count=70)}, {_numbers(first=200, count=4)}, 300", encoder)
    assert _words(encoder) == [[*range(100, 170), 9, *range(200, 204)], [9, 300]]


def test_what_moves_behind_a_comma_keeps_its_weights() -> None:
    encoder = ToyEncoder(chunk_length=TINY)
    encoded = _encode("10, (20:2) 30 40", encoder, emphasis=Emphasis.NO_NORM)
    assert encoded == [1, 10, 9, 2, 0, 0, 1, 40, 30, 40, 2, 0]


def test_break_closes_a_chunk_early() -> None:
    assert _encode("10 BREAK 20", ToyEncoder(chunk_length=TINY)) == [1, 10, 2, 0, 0, 0, 1, 20, 2, 0, 0, 0]


def test_a_textual_inversion_takes_the_place_of_its_name() -> None:
    named = {"my style": torch.tensor([[5.0], [6.0]])}
    assert _encode("10 my style, 30", ToyEncoder(chunk_length=8), embeddings=named) == [1, 10, 5, 6, 9, 30, 2, 0]


def test_a_textual_inversion_is_weighed_like_a_word() -> None:
    named = {"style": torch.tensor([[5.0], [6.0]])}
    encoded = _encode("(style:2)", ToyEncoder(chunk_length=TINY), emphasis=Emphasis.NO_NORM, embeddings=named)
    assert encoded == [1, 10, 12, 2, 0, 0]


def test_a_textual_inversion_that_does_not_fit_moves_whole_to_the_next_chunk() -> None:
    named = {"style": torch.tensor([[5.0], [6.0]])}
    encoded = _encode("10 20 30 style 40", ToyEncoder(chunk_length=TINY), embeddings=named)
    assert encoded == [1, 10, 20, 30, 2, 0, 1, 5, 6, 40, 2, 0]


def test_a_textual_inversion_moves_whole_behind_a_comma_too() -> None:
    named = {"style": torch.tensor([[5.0], [6.0]])}
    encoded = _encode("10, style 40", ToyEncoder(chunk_length=TINY), embeddings=named)
    assert encoded == [1, 10, 9, 2, 0, 0, 1, 5, 6, 40, 2, 0]


def test_the_longest_name_is_taken_and_names_inside_words_are_not() -> None:
    named = {"a": torch.tensor([[5.0]]), "a b": torch.tensor([[6.0]]), "7": torch.tensor([[8.0]])}
    assert _encode("a b 77 7", ToyEncoder(chunk_length=TINY), embeddings=named) == [1, 6, 77, 8, 2, 0]


def test_vectors_of_another_width_are_read_as_words_and_said() -> None:
    named = {"10": torch.ones(1, 3)}
    encode = PromptEncoder(ToyEncoder(chunk_length=TINY), emphasis=Emphasis.ORIGINAL, clip_skip=1, embeddings=named.get)
    assert encode("10 10")[0].flatten().tolist() == [1, 10, 10, 2, 0, 0]
    assert encode.notes == ["The embedding '10' was made for another kind of model and is read as ordinary words."]


def test_equal_texts_are_encoded_once_and_clip_skip_is_passed_on() -> None:
    encoder = ToyEncoder(chunk_length=TINY)
    encode = PromptEncoder(encoder, emphasis=Emphasis.ORIGINAL, clip_skip=2, embeddings={}.get)
    assert encode("10") is encode("10")
    assert encoder.skips == [2]


def test_weights_that_add_to_nothing_do_not_make_infinities() -> None:
    encoded = _encode("(10:-0.3)", ToyEncoder(chunk_length=4))  # 1 - 3 + 2 = 0
    assert encoded == pytest.approx([1, -3, 2, 0])


def test_a_prompt_without_a_word_keeps_the_chunks_that_the_word_is_not_in() -> None:
    encoder = ToyEncoder(chunk_length=4)
    encode = PromptEncoder(encoder, emphasis=Emphasis.ORIGINAL, clip_skip=1, embeddings={}.get)
    encode("10 20 30 40 50")
    word = encode.words("10 20 30 40 50")[2]
    assert encode.without("10 20 30 40 50", word)[0].flatten().tolist() == [1, 10, 20, 2, 1, 40, 2, 0, 1, 50, 2, 0]
    assert _words(encoder) == [[10, 20], [30, 40], [50], [40]]  # three chunks of the prompt, one for the word
