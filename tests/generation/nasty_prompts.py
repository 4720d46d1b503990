"""Prompts that make parsers slow, fail or recurse, and how their work grows with their length."""

import math
import time
from collections.abc import Callable

from hypothesis import strategies as st

NASTY = (
    "(", "[", ")", "]", ":", "|", "\\", "{", "}", "#", "<", ">", "_", " ", "$$", "(a", "[a:", "(a:1.1", "[a|b", "{a|",
    " AND ", " BREAK ", "[a|b]", "[a:b:3]", "(a:1.1)", "[[a:1]:", "([", "(]", ":1", ": ", "<lora:", "<lora:>", "__a__",
    "__", "__ a", "{a|b}", "{1-2$$a|b}", "{[", "a]", "\n#", "1", ".", "\u00e9",
)  # fmt: skip

PIECES = (
    "(", ")", "[", "]", ":", "|", "\\", "{", "}", "#", "<", ">", "__", "$$", "::", "\n", " ", "a", "b c", "1.5", ":.5",
    ":1.2)", ":-1)", "[a:b:3]", "[x|y]", "BREAK", " AND ", "<lora:x:1>", "__a__", "{a|b}", "2$$", "{prompt}", "0", "e",
)  # fmt: skip

_CLEARLY_LINEAR = 6.0

prompts = st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=60)
"""Texts of any kind, with a strong leaning to the language's own characters."""


def nested(depth: int) -> list[str]:
    """Whole brackets within brackets, `depth` deep."""
    return ["[a:" * depth + ":1]" * depth, "(a" * depth + "b)" * depth, "{a|" * depth + "}" * depth]


def growth(work: Callable[[str], object], pattern: str) -> float:
    """How many times longer 32 kB of the pattern take than 8 kB; 4 is linear, 16 quadratic.

    The best of several rounds, where the first is not clear: other programs take the caches away for a while.
    """
    best = math.inf
    for _ in range(10):
        long = _seconds(work, pattern * (32_768 // len(pattern)))
        best = min(best, long / min(_seconds(work, pattern * (8_192 // len(pattern))) for _ in range(2)))
        if best < _CLEARLY_LINEAR:
            break
    return best


def _seconds(work: Callable[[str], object], text: str) -> float:
    start = time.thread_time()
    work(text)
    return time.thread_time() - start
