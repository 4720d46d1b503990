"""Differences of text files in the unified form, in a bounded time whatever the files hold."""

import difflib
import re
from collections.abc import Sequence
from itertools import islice

_MAX_FILE_BYTES = 500_000
_MAX_SHOWN = 400_000
"""Characters of all files together, as the page shows them."""
_MAX_PAIRS = 20_000_000
"""Pairs of lines that are compared, of all files together: a file can be made so that comparing takes days."""
_CONTEXT = 3
_HEAD = re.compile(r"@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@")


class TextDiff:
    """The differences of many files; past its bounds they are told more coarsely, and then not at all."""

    def __init__(self) -> None:
        self._shown = _MAX_SHOWN
        self._pairs = _MAX_PAIRS

    def of(self, name: str, one: bytes, other: bytes) -> str:
        """The difference of a file; "" for one that is no text, or past the bounds."""
        if max(len(one), len(other)) > _MAX_FILE_BYTES or b"\0" in one or b"\0" in other:
            return ""
        try:
            before, after = one.decode().splitlines(), other.decode().splitlines()
        except UnicodeDecodeError:
            return ""
        text = "\n".join([f"--- a/{name}", f"+++ b/{name}", *self._hunks(before, after)])
        if len(text) > self._shown:
            return ""
        self._shown -= len(text)
        return text

    def _hunks(self, before: Sequence[str], after: Sequence[str]) -> list[str]:
        """What is between the first and the last line that differ, with some lines around."""
        start = _alike(before, after)
        end = _alike(before[start:][::-1], after[start:][::-1])
        first, rest = max(start - _CONTEXT, 0), max(end - _CONTEXT, 0)
        before, after = before[first : len(before) - rest], after[first : len(after) - rest]
        pairs = len(before) * len(after)
        if pairs > self._pairs:
            return _one_hunk(before, after, start - first, end - rest, first)
        self._pairs -= pairs
        return [_moved(line, first) for line in islice(difflib.unified_diff(before, after, lineterm=""), 2, None)]


def _one_hunk(before: Sequence[str], after: Sequence[str], start: int, end: int, first: int) -> list[str]:
    """All lines taken out and all put in, but for so many at the start and at the end."""
    return [
        f"@@ -{first + 1},{len(before)} +{first + 1},{len(after)} @@",
        *(f" {line}" for line in before[:start]),
        *(f"-{line}" for line in before[start : len(before) - end]),
        *(f"+{line}" for line in after[start : len(after) - end]),
        *(f" {line}" for line in before[len(before) - end :]),
    ]


def _moved(line: str, lines: int) -> str:
    """A line of a difference, whose place counts from the file's beginning if it is a head."""
    head = _HEAD.fullmatch(line)
    return f"@@ -{int(head[1]) + lines}{head[2] or ''} +{int(head[3]) + lines}{head[4] or ''} @@" if head else line


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines two texts have in common at their beginning."""
    count = 0
    for before, after in zip(one, other, strict=False):
        if before != after:
            break
        count += 1
    return count
