"""What the words of a prompt do in one call of the network: where it looks for them, and what each of them changes.

Attention tells where a network looks, influence what comes of it: networks put attention on places and words that carry
nothing (Darcet et al. 2024, 'Vision transformers need registers'). Torch.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
import torch

from webui.diffusion.prompt_words import PromptWord
from webui.engine.call_again import CallAgain

MOST_TRIED = 75
"""Words that are left out one after the other: as many tokens as one text encoder reads at once."""

Again = Callable[[], CallAgain]
"""Gives the call, with the model in memory. It is asked for before each use and never held while others have their
turn, so that the model can make room for another one."""


@dataclass(frozen=True, slots=True)
class WordMap:
    """A word, how much it counts at each place (h, w), and its share of all that counts, 0 to 1."""

    text: str
    map: np.ndarray
    share: float


@dataclass(frozen=True, slots=True)
class WordMaps:
    """The maps of the words of a prompt; `untried` words were too many."""

    words: list[WordMap]
    untried: int = 0


Looked = Generator[None, None, WordMaps]
"""Yields between two calls of the network."""


def attended(again: Again) -> Looked:
    """Where each word is looked at; one call of the network for each part of the prompt.

    Raises:
        InvalidRequest: the model cannot do what the request asks of it.
        ViewUnavailable: it has no cross-attention.
    """
    found: list[WordMap] = []
    for part, words in enumerate(again().words):
        if part:
            yield
        maps = again().attention(part)
        found.extend(_share(word, maps) for word in words)
    return WordMaps(found)


def influences(again: Again) -> Looked:
    """What each word changes: how far the prediction lies from that of the prompt without the word.

    One prediction more for each of the first `MOST_TRIED` words, several in one call of the network.

    Raises:
        InvalidRequest: the model cannot do what the request asks of it.
    """
    parts = again().words
    changes: list[tuple[str, torch.Tensor]] = []
    for part, there in enumerate(parts):
        words = there[: MOST_TRIED - len(changes)]
        if words:
            whole, *others = yield from _without(again, part, words, first=not changes)
            weight = again().weight(part)
            changes.extend(
                (word.text, (weight * (whole - other).square().mean(0).sqrt()).abs())
                for word, other in zip(words, others, strict=True)
            )
    total = sum(float(change.mean()) for _, change in changes) or 1.0
    found = [WordMap(text, change.numpy(), float(change.mean()) / total) for text, change in changes]
    return WordMaps(found, untried=sum(map(len, parts)) - len(found))


def _without(
    again: Again, part: int, words: list[PromptWord], *, first: bool
) -> Generator[None, None, list[torch.Tensor]]:
    """What the network says to the whole of a part, then without each word; `first`: nothing was asked before it."""
    left_out: list[PromptWord | None] = [None, *words]
    said: list[torch.Tensor] = []
    while len(said) < len(left_out):
        if said or not first:
            yield
        call = again()
        said.extend(call.without(part, left_out[len(said) : len(said) + call.at_once]))
        del call
    return said


def _share(word: PromptWord, maps: torch.Tensor) -> WordMap:
    whole = maps[list(word.tokens)].sum(0)
    return WordMap(word.text, whole.numpy(), float(whole.mean()))
