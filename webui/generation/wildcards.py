"""Wildcards: `__name__` for a line of a file, `{a|b}` for one of several words, drawn from the picture's seed.

The same text, seed and files give the same prompt on every machine: the draws come from `random.Random.random` seeded
with a string, which Python promises to keep. The notation is that of the Dynamic Prompts extension:

- `__colours__`, `__animals/birds__`: a line of a list. Lines may hold wildcards and choices themselves.
- `{red|green|3::blue}`: one of these, blue three times as often.
- `{2$$a|b|c}`, `{1-2$$a|b|c}`, `{2$$ and $$a|b|c}`: several different ones, joined by ", " or by what is given.

Braces without `|` and `$$` are ordinary characters, as in A1111. What stands between `[` and `]` is left together, so
that an alternation may be an option. A list that is not known stays as it is written.
"""

import random
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from webui.generation.limits import MAX_PROMPT_CHARACTERS
from webui.generation.wildcard_syntax import Choice, Option, Source, is_wildcard, parse_wildcards, wildcard_tokens

Lookup = Callable[[str], Sequence[str] | None]
"""The lines of a list by its name, or None: there is no such list."""

MAX_DEPTH = 8
"""How deep lists may name lists; deeper names stay as they are written."""
MAX_DRAWS = 2_000
"""How many lists and choices are drawn from for one prompt."""

_Item = str | tuple[Source, int, int]
"""What is still to be written: a text, or the tokens of a source from the first to the one behind the last."""


def resolve(text: str, seed: int, lookup: Lookup) -> str:
    """The prompt that this seed gives. Never raises; what would grow beyond a prompt's length is cut off.

    Args:
        text: the prompt as written.
        seed: the picture's seed.
        lookup: gives the lines of a list.
    """
    if "__" not in text and "{" not in text:
        return text
    return _Resolver(random.Random(f"wildcards {seed}"), lookup).resolved(text)


def wildcard_names(text: str) -> list[str]:
    """The lists that a text names; in a resolved one, those that are not known or lie too deep."""
    return list(dict.fromkeys(token[2:-2] for token in wildcard_tokens(text) if is_wildcard(token)))


def wildcard_notes(resolved: str) -> list[str]:
    """A sentence for each list that is named in a resolved prompt."""
    return [f"There is no wildcard list '{name}'; its name stays in the prompt." for name in wildcard_names(resolved)]


class _Resolver:
    """Walks the chosen parts of a text from left to right, with a stack of what is still to be written."""

    def __init__(self, draws: random.Random, lookup: Lookup) -> None:
        self._random = draws
        self._lookup = lookup
        self._drawn = 0

    def resolved(self, text: str) -> str:
        written: list[str] = []
        length = 0
        source = parse_wildcards(text)
        todo: list[_Item] = [(source, 0, len(source.tokens))]
        while todo and length <= MAX_PROMPT_CHARACTERS:
            item = todo.pop()
            if isinstance(item, str):
                written.append(item)
                length += len(item)
                continue
            source, index, behind = item
            if index < behind:
                choice = source.choices.get(index)
                todo.append((source, choice.end if choice else index + 1, behind))
                todo.extend(self._chosen(source, choice) if choice else [self._replaced(source, index)])
        return "".join(written)[:MAX_PROMPT_CHARACTERS]

    def _replaced(self, source: Source, index: int) -> _Item:
        """A token, or what stands for it where it names a list."""
        token = source.tokens[index]
        if not is_wildcard(token) or source.depth >= MAX_DEPTH or self._drawn >= MAX_DRAWS:
            return token
        lines = self._lookup(token[2:-2])
        if not lines:
            return token
        self._drawn += 1
        line = parse_wildcards(lines[int(self._random.random() * len(lines))], source.depth + 1)
        return line, 0, len(line.tokens)

    def _chosen(self, source: Source, choice: Choice) -> list[_Item]:
        """The options that are drawn, with what joins them, the last one first."""
        items: list[_Item] = []
        for option in self._draw(choice):
            items += [choice.separator] if items else []
            items += [option.start, (source, option.first, option.behind), option.end]
        return items[::-1]

    def _draw(self, choice: Choice) -> Iterator[Option]:
        """Different options by their weights, as many as the choice says; a single one as often as it says."""
        self._drawn += 1
        span = choice.most - choice.fewest + 1
        count = choice.fewest + (int(self._random.random() * span) if span > 1 else 0)
        left = list(choice.options)
        if self._drawn > MAX_DRAWS:
            yield left[0]
        elif len(left) == 1:
            yield from left * count
        else:
            yield from (left.pop(self._index(left)) for _ in range(min(count, len(left))))

    def _index(self, options: Sequence[Option]) -> int:
        # Not `sum` and not `random.choices`: their rounding differs between versions of Python.
        heights = list(accumulate(option.weight for option in options))
        place = self._random.random() * heights[-1]
        return min(bisect_right(heights, place), len(options) - 1)
