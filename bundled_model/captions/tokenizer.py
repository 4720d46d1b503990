"""Trains the tokenizer: a small byte-level BPE with CLIP's rules, on captions, ideas and common English words.

Every byte is a token of its own, so a word that was never seen costs more tokens but is no error.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from heapq import heapify, heappop, heappush
from itertools import chain, pairwise
from pathlib import Path
from typing import TypeAlias

from tokenizers.pre_tokenizers import ByteLevel
from transformers import CLIPTokenizer

from bundled_model.captions.careless import flourishes
from bundled_model.captions.grammar import training_caption
from bundled_model.captions.ideas import all_ideas, synonyms
from bundled_model.captions.words import common_words
from bundled_model.scenes.sampling import sample_scene

VOCABULARY = 4096
MAX_TOKENS = 77
START, END = "<|startoftext|>", "<|endoftext|>"
REPEATS = 6
_SUFFIX = "</w>"
Pair: TypeAlias = tuple[str, str]


def _corpus(captions: int, seed: int) -> Iterator[str]:
    rng = random.Random(seed)
    for _ in range(captions):
        yield training_caption(sample_scene(rng), rng)
    # Repeated, or words that no caption holds would lose every merge to the captions' phrases.
    texts = [*(idea.text for idea in all_ideas()), *chain(*synonyms().values()), *chain(*flourishes())]
    yield from texts * REPEATS
    yield from [" ".join(common_words())] * (REPEATS // 2)


def train_tokenizer(captions: int = 6000, seed: int = 5) -> CLIPTokenizer:
    """The tokenizer; the same arguments give the same vocabulary."""
    rules = CLIPTokenizer().backend_tokenizer
    counts: Counter[str] = Counter()
    for text in _corpus(captions, seed):
        pieces = rules.pre_tokenizer.pre_tokenize_str(rules.normalizer.normalize_str(text))
        counts.update(piece for piece, _ in pieces)
    letters = sorted(ByteLevel.alphabet())
    singles = [*letters, *(letter + _SUFFIX for letter in letters)]
    merges = learn_merges(counts, VOCABULARY - len(singles) - 2)
    names = dict.fromkeys([*singles, *(first + second for first, second in merges), START, END])
    return CLIPTokenizer(
        vocab={name: index for index, name in enumerate(names)},
        merges=merges,  # type: ignore[arg-type]
        model_max_length=MAX_TOKENS,
        bos_token=START,
        eos_token=END,
        unk_token=END,
        pad_token=END,
    )


def learn_merges(counts: Mapping[str, int], limit: int) -> list[Pair]:
    """The most frequent pair of neighbouring pieces, joined, and again; ties go to the first in the alphabet.

    The trainer of the `tokenizers` package breaks ties differently in every process, so it cannot be used here.

    Args:
        counts: How often each word occurs.
        limit: Largest number of merges; fewer, where every word has become one piece.
    """
    words = [[*word[:-1], word[-1] + _SUFFIX] for word in counts]
    weights = list(counts.values())
    totals: Counter[Pair] = Counter()
    places: defaultdict[Pair, set[int]] = defaultdict(set)
    for number, word in enumerate(words):
        _count(word, weights[number], number, totals, places)
    heap = [(-total, pair) for pair, total in totals.items()]
    heapify(heap)
    merges: list[Pair] = []
    while len(merges) < limit and heap:
        total, best = heappop(heap)
        if totals[best] != -total:
            # Counted anew since it was put there; a newer entry of it is on the heap, if it still occurs.
            continue
        merges.append(best)
        changed: set[Pair] = set()
        for number in sorted(places[best]):
            changed |= _count(words[number], -weights[number], number, totals, places)
            words[number] = _joined(words[number], best)
            changed |= _count(words[number], weights[number], number, totals, places)
        for pair in changed:
            if totals[pair] > 0:
                heappush(heap, (-totals[pair], pair))
    return merges


def _count(
    word: list[str], weight: int, number: int, totals: Counter[Pair], places: defaultdict[Pair, set[int]]
) -> set[Pair]:
    """Add a word's pairs to the totals, or (negative weight) take them away; returns the pairs."""
    for pair in pairwise(word):
        totals[pair] += weight
        if weight > 0:
            places[pair].add(number)
        else:
            places[pair].discard(number)
    return set(pairwise(word))


def _joined(word: list[str], pair: Pair) -> list[str]:
    result: list[str] = []
    for piece in word:
        if result and (result[-1], piece) == pair:
            result[-1] += piece
        else:
            result.append(piece)
    return result


def tokenizer_in(folder: Path) -> CLIPTokenizer:
    """The tokenizer of a training run: kept in its folder, so that no change of captions shifts its numbers."""
    kept = folder / "tokenizer"
    if not kept.exists():
        train_tokenizer().save_pretrained(kept)
    return CLIPTokenizer.from_pretrained(kept)
