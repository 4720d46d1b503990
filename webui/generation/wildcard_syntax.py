"""Finds the choices and the names of lists in a text; `webui.generation.wildcards` draws from them."""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

_NAME = re.compile(r"[\w.\-/*]+(?: [\w.\-/*]+){0,9}")
_MAX_NAME_LENGTH = 200
_WORDS = re.compile(r"\\.|[\\{}\[\]|]|[^\\{}\[\]|]+")
_COUNT = re.compile(r"\s*(?:([0-9]{1,2})|([0-9]{0,2})-([0-9]{0,2}))\$\$")
_WEIGHT = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})::")
_MARK = "$$"
_SPECIAL = frozenset("{}[]|")


class Option(NamedTuple):
    """One of the words of a choice.

    Args:
        start: what it begins with: the text of its first token without a weight and space.
        first: the token behind `start`.
        behind: the token behind its last one that is no part of `end`.
        end: the text of its last token.
        weight: how often it is drawn, compared with the others.
    """

    start: str
    first: int
    behind: int
    end: str
    weight: float


class Choice(NamedTuple):
    """A pair of braces: draws `fewest` to `most` of the options; `end` is the token behind it."""

    options: tuple[Option, ...]
    fewest: int
    most: int
    separator: str
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """A text as tokens, with the choices among them by the index of their opening brace.

    `depth` counts the lists that led to the text.
    """

    tokens: tuple[str, ...]
    choices: dict[int, Choice]
    depth: int


@dataclass(slots=True)
class _Open:
    bracket: str
    start: int
    bars: list[int] = field(default_factory=list)


def is_wildcard(token: str) -> bool:
    """Whether a token of `wildcard_tokens` names a list."""
    return len(token) > 4 and token.startswith("__") and token.endswith("__")


def wildcard_tokens(text: str) -> list[str]:
    """A text cut into brackets, bars, names of lists with their underscores, and what is between them."""
    tokens: list[str] = []
    for words in _WORDS.findall(text):
        position = begin = 0
        while (begin := words.find("__", begin)) >= 0 and (end := words.find("__", begin + 2)) >= 0:
            name = words[begin + 2 : end]
            if len(name) > _MAX_NAME_LENGTH or not _NAME.fullmatch(name):
                begin = end
                continue
            tokens += [words[position:begin]] if position < begin else []
            tokens.append(words[begin : end + 2])
            position = begin = end + 2
        tokens += [words[position:]] if position < len(words) else []
    return tokens


def parse_wildcards(text: str, depth: int = 0) -> Source:
    """The choices of a text. Never raises, in time linear in the length."""
    tokens = tuple(wildcard_tokens(text))
    choices: dict[int, Choice] = {}
    stack: list[_Open] = []
    braces = 0
    for index, token in enumerate(tokens):
        if token == "{":
            stack.append(_Open(token, index))
            braces += 1
        elif token == "[" and braces:
            stack.append(_Open(token, index))
        elif token == "]" and stack and stack[-1].bracket == "[":
            stack.pop()
        elif token == "|" and stack:
            stack[-1].bars.append(index)
        elif token == "}" and braces:
            while (opened := stack.pop()).bracket != "{":
                pass
            braces -= 1
            choice = _choice(tokens, opened, index)
            if choice is not None:
                choices[opened.start] = choice
    return Source(tokens, choices, depth)


def _choice(tokens: tuple[str, ...], opened: _Open, close: int) -> Choice | None:
    """What a pair of braces draws from; None: it has neither `|` nor a count and is plain text."""
    count: tuple[int, int] | None = None
    separator = ", "
    options: list[Option] = []
    ranges = pairwise([opened.start, *opened.bars, close])
    for first, behind in ((before + 1, behind) for before, behind in ranges):
        start, rest = _text(tokens, first, behind)
        if count is None and _MARK in start and (match := _COUNT.match(start)):
            count = _bounds(match, len(opened.bars) + 1)
            start = start[match.end() :]
            if _MARK in start:
                separator, _, start = start.partition(_MARK)
        weight = 1.0
        if "::" in start and (match := _WEIGHT.match(start)):
            weight = float(match[1])
            start = start[match.end() :]
        end, last = _end(tokens, rest, behind)
        start = start.lstrip() if rest < behind else start.strip()
        options.append(Option(start, rest, last, end, weight))
    if count is None and not opened.bars:
        return None
    fewest, most = count or (1, 1)
    return Choice(tuple(options), fewest, most, separator, close + 1)


def _text(tokens: tuple[str, ...], first: int, behind: int) -> tuple[str, int]:
    """The text that an option begins with, and the token behind it."""
    if first < behind and tokens[first] not in _SPECIAL and not is_wildcard(tokens[first]):
        return tokens[first], first + 1
    return "", first


def _end(tokens: tuple[str, ...], first: int, behind: int) -> tuple[str, int]:
    """The text that an option ends with, without the space behind it, and that token."""
    if first < behind and tokens[behind - 1] not in _SPECIAL and not is_wildcard(tokens[behind - 1]):
        return tokens[behind - 1].rstrip(), behind - 1
    return "", behind


def _bounds(match: re.Match[str], options: int) -> tuple[int, int]:
    """How few and how many of the options a count asks for: `2`, `1-2`, `-2`, `1-`."""
    exact, fewest, most = match.groups()
    if exact is not None:
        return int(exact), int(exact)
    return min(bounds := (int(fewest or 1), int(most or options))), max(bounds)
