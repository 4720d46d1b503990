"""CLIP's vocabulary, which single files do not hold: from the merges that ship with the package. No torch.

Source: Radford et al. 2021, simple_tokenizer: the tokens are all bytes, all bytes that end a word, one for each merge,
and the two marks.
"""

import gzip
from functools import cache
from pathlib import Path

BEGIN, END = "<|startoftext|>", "<|endoftext|>"
_FILE = Path(__file__).parent / "configurations" / "clip_vocabulary" / "bpe_simple_vocab_16e6.txt.gz"
_TOKENS = 49408
_END_OF_WORD = "</w>"


@cache
def clip_vocabulary() -> tuple[dict[str, int], list[tuple[str, str]]]:
    """The number of each token, and the pairs of tokens that are merged, the first ones first."""
    letters = _letters()
    count = _TOKENS - 2 * len(letters) - 2
    with gzip.open(_FILE, "rt", encoding="utf-8") as file:
        lines = file.read().split("\n")[1 : count + 1]  # the first line is the file's version
    merges = [(pair[0], pair[1]) for pair in (line.split() for line in lines)]
    words = [*letters, *(letter + _END_OF_WORD for letter in letters), *(a + b for a, b in merges), BEGIN, END]
    return {word: number for number, word in enumerate(words)}, merges


def _letters() -> list[str]:
    """A printable letter for each byte, in the order of the vocabulary; printable ones stand for themselves."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = len(set(range(256)) - set(printable))
    return [chr(byte) for byte in printable] + [chr(256 + number) for number in range(others)]
