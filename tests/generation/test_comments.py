import pytest

from webui.generation.comments import without_comments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a cat", "a cat"),
        ("a cat # on a mat", "a cat"),
        ("# a note\na cat\n  # another\na dog", "a cat\na dog"),
        ("a #1\n\nb", "a\n\nb"),
        ("#", ""),
    ],
)
def test_what_follows_a_hash_is_dropped_to_the_lines_end(text: str, expected: str) -> None:
    assert without_comments(text) == expected
