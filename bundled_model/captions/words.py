"""Common English words: pieces for the tokenizer, and words that mean nothing here for those who learn to read."""

from pathlib import Path

_WORDS = Path(__file__).parent / "words.txt"


def common_words() -> list[str]:
    """The words of `words.txt`, once each, in its order."""
    lines = _WORDS.read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(word for line in lines if not line.startswith("#") for word in line.split()))
