"""The words of a prompt, and which of its tokens each has, so that people can point at words where networks see tokens.

Tokenisers of CLIP's kind never join what spaces or punctuation part, so that the tokens of a text are those of its
words one after the other; where that should not hold, a run of text is taken as one word.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from webui.diffusion.text_encoder import TextEncoder

_WORD = re.compile(r"\w+(?:[-'\u2019]\w+)*|[^\w\s]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class PromptWord:
    """A word as it is written, and the places of its tokens in the prompt's embedding, counted from 0."""

    text: str
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CountedWord:
    """A word, or what stands between words, and how many tokens it has. `pointless` things are not shown."""

    text: str
    tokens: int

    @property
    def pointless(self) -> bool:
        """Whether there is nothing in it that one could look for: punctuation."""
        return not any(character.isalnum() for character in self.text)


def written_words(text: str) -> Iterator[tuple[int, int]]:
    """Where each word of a text begins and ends, without punctuation."""
    for found in _WORD.finditer(text):
        if any(character.isalnum() for character in found.group()):
            yield found.span()


def counted_words(text: str, encoder: TextEncoder) -> Iterator[CountedWord]:
    """The words of a run of text, with as many tokens in all as the whole run has."""
    total = len(encoder.tokenize(text))
    words = [CountedWord(word, len(encoder.tokenize(word))) for word in _WORD.findall(text)]
    if sum(word.tokens for word in words) == total:
        yield from words
    elif total:
        yield CountedWord(text.strip(), total)


def same_word(word: PromptWord, among: Sequence[PromptWord], others: Sequence[PromptWord]) -> PromptWord | None:
    """A word of a prompt as another encoder reads it: of those that are written so, the one at the same turn."""
    alike = [other for other in others if other.text == word.text]
    turn = [other for other in among if other.text == word.text].index(word)
    return alike[turn] if turn < len(alike) else None


def placed_words(words: Sequence[CountedWord], places: Sequence[int]) -> list[PromptWord]:
    """Words that can be pointed at, from all words in their order and the places of all tokens."""
    placed: list[PromptWord] = []
    begin = 0
    for word in words:
        end = begin + word.tokens
        if word.tokens and not word.pointless:
            placed.append(PromptWord(word.text, tuple(places[begin:end])))
        begin = end
    return placed
