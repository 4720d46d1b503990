"""Emphasis: `(word)`, `(word:1.3)`, `[word]`, escapes and BREAK, by A1111's rules.

Round and square brackets are counted apart, so they may overlap; a bracket that is never closed counts to the end, and
a closing one without an opening one is text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import isnan

BREAK_MARK = "BREAK"
"""The word that ends a chunk of tokens; as a `Weighted` it has the weight -1."""

ROUND_FACTOR = 1.1
SQUARE_FACTOR = 1 / 1.1
_LARGEST_WEIGHT = 1e9
_MOST_EXACT_PRODUCTS = 100_000

_TOKENS = re.compile(r"\\[()\[\]\\]?|:\s*[+-]?[.\d]+\s*\)|[()\[\]:]|[^\\()\[\]:]+")
_BREAK = re.compile(r"\bBREAK\b")
_NOTHING = "\\"
"""A lone backslash is read as no text."""
_TO_ESCAPE = re.compile(r"[()\[\]\\]")


@dataclass(frozen=True, slots=True)
class Weighted:
    """A run of text and how much it weighs; 1.0 is ordinary."""

    text: str
    weight: float


@dataclass(slots=True)
class _Bracket:
    """A bracket that weighs the runs from `start` up to `end`."""

    start: int
    factor: float
    is_square: bool
    end: int = -1


@dataclass(slots=True)
class _Scan:
    """What has been read so far. `closed` is in the order in which brackets weigh, which decides the rounding."""

    runs: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    open_round: list[_Bracket] = field(default_factory=list)
    open_square: list[_Bracket] = field(default_factory=list)
    closed: list[_Bracket] = field(default_factory=list)

    def take(self, token: str) -> None:
        if token == "(":
            self.open_round.append(_Bracket(len(self.runs), ROUND_FACTOR, is_square=False))
        elif token == "[":
            self.open_square.append(_Bracket(len(self.runs), SQUARE_FACTOR, is_square=True))
        elif token == ")" and self.open_round:
            self._close(self.open_round.pop())
        elif token == "]" and self.open_square:
            self._close(self.open_square.pop())
        elif token[0] == ":" and len(token) > 1 and self.open_round:
            self._close_weighted(token)
        elif token[0] == "\\":
            self._add(token[1:])
        else:
            self._add_words(token)

    def finish(self) -> None:
        """Close what is still open: round brackets first, each from the outermost inwards."""
        for bracket in (*self.open_round, *self.open_square):
            self._close(bracket)

    def _close(self, bracket: _Bracket) -> None:
        bracket.end = len(self.runs)
        self.closed.append(bracket)

    def _close_weighted(self, token: str) -> None:
        """`:1.3)`. What looks like a number but is none (`1.2.3`) is text, and its bracket an ordinary one."""
        try:
            factor = float(token[1:-1])
        except ValueError:
            self._add_words(token[:-1])
            self._close(self.open_round.pop())
        else:
            self.open_round[-1].factor = factor
            self._close(self.open_round.pop())

    def _add(self, text: str, weight: float = 1.0) -> None:
        self.runs.append(text)
        self.weights.append(weight)

    def _add_words(self, text: str) -> None:
        """Text in which the word BREAK, with the space around it, ends a chunk."""
        parts = _BREAK.split(text) if BREAK_MARK in text else [text]
        last = len(parts) - 1
        if last == 0:
            self._add(text)
            return
        for number, part in enumerate(parts):
            if number > 0:
                self._add(BREAK_MARK, -1.0)
            left_trimmed = part.lstrip() if number > 0 else part
            self._add(left_trimmed.rstrip() if number < last else left_trimmed)


def parse_emphasis(text: str) -> list[Weighted]:
    """Split a prompt into runs of equal weight; there is always one. Never raises, in time linear in the length.

    Each bracket multiplies what is inside it by 1.1, by 1/1.1 if it is square, or by its own number. As in A1111, the
    word BREAK is weighed like text, so that inside a bracket its weight is not -1 and it marks nothing. Weights are
    finite.
    """
    scan = _Scan()
    for token in _TOKENS.findall(text):
        scan.take(token)
    scan.finish()
    _weigh(scan)
    return _merged(scan)


def _weigh(scan: _Scan) -> None:
    """Multiply each run by the factors of the brackets around it.

    In the order in which A1111 multiplies, so that weights are equal to the last bit; where brackets are nested so
    deep that this would take time in proportion to the square of the length, by running products instead.
    """
    if sum(bracket.end - bracket.start for bracket in scan.closed) <= _MOST_EXACT_PRODUCTS:
        for bracket in scan.closed:
            for run in range(bracket.start, bracket.end):
                scan.weights[run] *= bracket.factor
        return
    for is_square in (False, True):
        brackets = [bracket for bracket in scan.closed if bracket.is_square == is_square]
        _weigh_by_running_products(scan.weights, brackets)


def _weigh_by_running_products(weights: list[float], brackets: list[_Bracket]) -> None:
    """Multiply `weights` by the factors of brackets of one kind, which are nested or apart."""
    waiting = sorted(brackets, key=lambda bracket: (bracket.start, -bracket.end), reverse=True)
    around: list[tuple[int, float]] = []
    for run in range(len(weights)):
        while around and around[-1][0] <= run:
            around.pop()
        while waiting and waiting[-1].start == run:
            bracket = waiting.pop()
            if bracket.end > run:
                around.append((bracket.end, bracket.factor * (around[-1][1] if around else 1.0)))
        if around:
            weights[run] *= around[-1][1]


def _merged(scan: _Scan) -> list[Weighted]:
    merged: list[tuple[list[str], float]] = []
    for text, product in zip(scan.runs, scan.weights, strict=True):
        weight = 0.0 if isnan(product) else min(max(product, -_LARGEST_WEIGHT), _LARGEST_WEIGHT)
        if merged and merged[-1][1] == weight:
            merged[-1][0].append(text)
        else:
            merged.append(([text], weight))
    return [Weighted("".join(texts), weight) for texts, weight in merged] or [Weighted("", 1.0)]


def render_emphasis(runs: Sequence[Weighted]) -> str:
    """A prompt that `parse_emphasis` reads as `runs`, each run with its weight written out."""
    return "".join(_rendered(run, position, runs) for position, run in enumerate(runs))


def _rendered(run: Weighted, position: int, runs: Sequence[Weighted]) -> str:
    if _is_mark(run):
        return f" {BREAK_MARK} "
    text = _BREAK.sub(r"B\\REAK", _TO_ESCAPE.sub(r"\\\g<0>", run.text))
    if run.weight != 1.0 or not text:
        return f"({text or _NOTHING}:{Decimal(repr(run.weight)):f})"
    # Space beside a mark would count as the mark's own.
    after_mark = text[:1].isspace() and position > 0 and _is_mark(runs[position - 1])
    before_mark = text[-1:].isspace() and position + 1 < len(runs) and _is_mark(runs[position + 1])
    return (_NOTHING if after_mark else "") + text + (_NOTHING if before_mark else "")


def _is_mark(run: Weighted) -> bool:
    return run.text == BREAK_MARK and run.weight == -1.0
