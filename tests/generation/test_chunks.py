from hypothesis import given
from hypothesis import strategies as st

from webui.generation.chunks import COMMA_REACH, ChunkCutter


def cut(text: str, room: int = 5) -> list[str]:
    """Letters as tokens; BREAK is written as a bar."""
    cutter: ChunkCutter[str] = ChunkCutter(room)
    for letter in text:
        if letter == "|":
            cutter.close()
        else:
            cutter.add(letter, is_comma=letter == ",")
    return ["".join(chunk) for chunk in cutter.finish()]


def test_a_chunk_that_is_full_is_cut() -> None:
    assert cut("") == [""]
    assert cut("abcde") == ["abcde"]
    assert cut("abcdefg") == ["abcde", "fg"]


def test_it_is_cut_after_the_last_comma_unless_the_next_token_is_one() -> None:
    assert cut("ab,cdef") == ["ab,", "cdef"]
    assert cut("abcde,f") == ["abcde", ",f"]
    assert cut("a,b,cd,") == ["a,b,", "cd,"]


def test_a_comma_that_is_too_far_back_does_not_count() -> None:
    reach = COMMA_REACH - 1
    assert cut("a," + "b" * reach + "c", room=reach + 2) == ["a,", "b" * reach + "c"]
    assert cut("a," + "b" * (reach + 1) + "c", room=reach + 3) == ["a," + "b" * (reach + 1), "c"]


def test_a_break_closes_a_chunk_early() -> None:
    assert cut("a|b||c") == ["a", "b", "", "c"]


def test_what_belongs_together_is_not_cut() -> None:
    cutter: ChunkCutter[str] = ChunkCutter(5)
    for piece in ("a", "bbb", "ccc", "d"):
        cutter.add(piece, length=len(piece))
    assert cutter.tokens == 9
    assert cutter.finish() == [["a", "bbb"], ["ccc", "d"]]


@given(st.text("ab,", max_size=60))
def test_nothing_is_lost_and_no_chunk_is_too_full(text: str) -> None:
    chunks = cut(text)
    assert "".join(chunks) == text
    assert all(len(chunk) <= 5 for chunk in chunks)
