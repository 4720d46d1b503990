"""The words that a model's tokeniser knows as a whole, read from its files. No torch and no transformers."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from webui.model_manager.loading.clip_vocabulary import clip_vocabulary

MOST_WORDS = 2_000
_LEAST_LETTERS = 3
_END = "</w>"
"""What pieces at the end of a word have in CLIP's vocabularies; others mark the beginning."""
_BEGINS = ("Ġ", "▁")
_MOSTLY = 0.6
"""A piece that is so much of its time a part of longer words is no word."""

Merge = tuple[str, str]


def vocabulary(model: Path) -> tuple[str, ...]:
    """The most frequent words, at most `MOST_WORDS`: lower case, of Latin letters.

    They are those of the model's tokeniser, and of CLIP's where it has none that can be read here, as in one file.

    Args:
        model: its folder, or its file.
    """
    pieces, merges = _read(model / "tokenizer") or clip_vocabulary()
    return tuple(words_of(pieces, merges))[:MOST_WORDS]


def words_of(pieces: Mapping[str, int], merges: Iterable[Merge]) -> Iterable[str]:
    """The words among the pieces of a tokeniser, in the order of their numbers: the most frequent ones come first."""
    parts = _shares_as_parts(pieces, list(merges))
    seen: set[str] = set()
    for piece in sorted(pieces, key=lambda piece: pieces[piece]):
        word = _word(piece)
        if word and word not in seen and parts.get(piece, 0.0) <= _MOSTLY:
            seen.add(word)
            yield word


def _word(piece: str) -> str:
    """The word that a piece is by itself; an empty text where it is none."""
    if piece.endswith(_END):
        word = piece.removesuffix(_END)
    elif piece.startswith(_BEGINS):
        word = piece[1:]
    else:
        return ""
    is_word = word.isascii() and word.isalpha() and word.islower() and len(word) >= _LEAST_LETTERS
    return word if is_word else ""


def _shares_as_parts(pieces: Mapping[str, int], merges: list[Merge]) -> dict[str, float]:
    """About how much of its time each piece ends a longer word that is not made of two words: "ight" in "night".

    Merges come in the order of their frequency in what the tokeniser has learnt from, and the n-th is about 1/n as
    frequent as the first (Zipf's law), so that places in the list tell frequencies.
    """
    places: dict[str, int] = {}
    for place, (left, right) in enumerate(merges, start=1):
        places.setdefault(left + right, place)
    shares: dict[str, float] = defaultdict(float)
    for place, (left, right) in enumerate(merges, start=1):
        of_two_words = left + _END in pieces and len(left) >= _LEAST_LETTERS
        if right.endswith(_END) and not of_two_words:
            shares[right] += places.get(right, 1) / place
    return shares


def _read(folder: Path) -> tuple[dict[str, int], list[Merge]] | None:
    """The pieces of a tokeniser with their numbers, and its merges; None where its files cannot be read."""
    try:
        whole = folder / "tokenizer.json"
        if whole.is_file():
            model: dict[str, Any] = json.loads(whole.read_text("utf-8"))["model"]
            return _pieces(model["vocab"]), [_merge(each) for each in model.get("merges", ())]
        pieces = json.loads((folder / "vocab.json").read_text("utf-8"))
        lines = (folder / "merges.txt").read_text("utf-8").splitlines()
        return _pieces(pieces), [_merge(line) for line in lines if not line.startswith("#version") and " " in line]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _pieces(vocab: Any) -> dict[str, int]:
    """Of pieces with their numbers, or of a list of pieces with how likely they are."""
    if isinstance(vocab, dict):
        return {str(piece): int(number) for piece, number in vocab.items()}
    return {str(each[0]): number for number, each in enumerate(vocab)}


def _merge(written: Any) -> Merge:
    left, right = written.split(" ", 1) if isinstance(written, str) else written
    return str(left), str(right)
