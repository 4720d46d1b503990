"""What people write around and instead of plain captions: praise, requests, small words left out, slips of the pen.

None of it says anything about the picture: whoever reads captions must learn to pass over it.
"""

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

FLOURISH_SHARE = 0.15
"""Share of captions with words of praise or a request around them."""
LONG_WORD = 5
"""Letters of the shortest word that gets a slip: a shorter one might become another."""
SMALL_WORDS = frozenset(("a", "an", "the", "is", "of", "there", "it", "in", "on", "at", "by"))
_FLOURISHES = Path(__file__).parent / "flourishes.txt"


@cache
def flourishes() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words of praise, and requests with a gap for the caption."""
    lines = [line.strip() for line in _FLOURISHES.read_text(encoding="utf-8").splitlines()]
    phrases = [phrase for line in lines if line and not line.startswith("#") for phrase in line.split(" / ")]
    return tuple(p for p in phrases if "{}" not in p), tuple(p for p in phrases if "{}" in p)


def embellished(caption: str, rng: random.Random, share: float = FLOURISH_SHARE) -> str:
    """The caption, now and then with praise before or behind it, or within a request."""
    if rng.random() >= share:
        return caption
    praises, requests = flourishes()
    if rng.random() < 0.3:
        return rng.choice(requests).replace("{}", caption)
    words = ", ".join(rng.sample(praises, rng.randint(1, 3)))
    return rng.choice((f"{caption}, {words}", f"{words}, {caption}"))


def telegraphic(caption: str, rng: random.Random) -> str:
    """The caption without most of its small words, and perhaps without commas."""
    words = [word for word in caption.split() if word not in SMALL_WORDS or rng.random() < 0.3]
    kept = " ".join(words or caption.split())
    return kept.replace(",", "") if rng.random() < 0.4 else kept


def with_others(caption: str, others: Sequence[str], rng: random.Random) -> str:
    """The caption with one to four other words somewhere in it, together or apart."""
    words = caption.split(" ")
    place = rng.randrange(len(words) + 1)
    for word in rng.choices(others, k=rng.randint(1, 4)):
        words.insert(place, word)
        place = place + 1 if rng.random() < 0.6 else rng.randrange(len(words) + 1)
    return " ".join(words)


def misspelt(caption: str, rng: random.Random) -> str:
    """The caption with a slip in one long word: a letter left out, doubled, or swapped with the next."""
    words = caption.split(" ")
    long = [index for index, word in enumerate(words) if len(word) >= LONG_WORD and word.isalpha()]
    if not long:
        return caption
    index = rng.choice(long)
    word = words[index]
    # Not the first letter: people get that right.
    place = rng.randrange(1, len(word) - 1)
    words[index] = rng.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        )
    )
    return " ".join(words)
