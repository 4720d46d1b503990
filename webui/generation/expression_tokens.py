"""The words of the expression language: numbers, prompts in quotes, names and signs, each with its place."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from webui.errors import InvalidRequest

MAX_OUTSIDE_QUOTES = 2_000
"""How many characters an expression may have beside what its prompts say."""
_SHOWN = 60
"""How many characters of a line an error shows."""
_QUOTES = {'"': '"', "'": "'", "“": "”"}
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_NAME = re.compile(r"[^\W\d]\w*")
_SIGNS = "+-*/(),"
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\"'”\\/nrtbf]))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_TO_ESCAPE = re.compile(r"[\"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class ExpressionError(InvalidRequest):
    """An expression cannot be read.

    Args:
        message: what is wrong, in a sentence.
        text: the whole expression.
        at: the index of the first character at fault.
        length: how many characters are at fault; 0 where something is missing.
    """

    def __init__(self, message: str, *, text: str, at: int, length: int) -> None:
        super().__init__(message, hint=_line_with_caret(text, at, length), field="blend")
        self.text = text
        self.at = at
        self.length = length


class TokenKind(StrEnum):
    """What a token is."""

    NUMBER = "number"
    PROMPT = "prompt"
    NAME = "name"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression, and where it stands: `value` is what a prompt says, or the characters as written."""

    kind: TokenKind
    value: str
    at: int
    end: int


def tokens_of(text: str) -> list[Token]:
    """The tokens of an expression, with one of kind END behind them.

    Raises:
        ExpressionError: a character means nothing here, a quote is not closed, or there is too much of it.
    """
    tokens: list[Token] = []
    at = outside = 0
    while at < len(text):
        if text[at].isspace():
            end = at + 1
        else:
            tokens.append(_token_at(text, at))
            end = tokens[-1].end
        outside += 0 if tokens and tokens[-1].kind is TokenKind.PROMPT else end - at
        if outside > MAX_OUTSIDE_QUOTES:
            raise ExpressionError(
                f"The expression has more than {MAX_OUTSIDE_QUOTES:,} characters beside its prompts.",
                text=text, at=at, length=1,
            )  # fmt: skip
        at = end
    return [*tokens, Token(TokenKind.END, "", len(text), len(text))]


def quoted(prompt: str) -> str:
    """A prompt as `tokens_of` reads it back: in quotes, on one line."""
    return f'"{_TO_ESCAPE.sub(_escape, prompt)}"'


def _token_at(text: str, at: int) -> Token:
    if text[at] in _QUOTES:
        return _prompt_at(text, at)
    if found := _NUMBER.match(text, at):
        return Token(TokenKind.NUMBER, found[0], at, found.end())
    if found := _NAME.match(text, at):
        return Token(TokenKind.NAME, found[0], at, found.end())
    if text[at] in _SIGNS:
        return Token(TokenKind.SIGN, text[at], at, at + 1)
    raise ExpressionError(f"The character {text[at]!a} means nothing here.", text=text, at=at, length=1)


def _prompt_at(text: str, at: int) -> Token:
    closing = _QUOTES[text[at]]
    end = at + 1
    while end < len(text) and text[end] != closing:
        end += 2 if text[end] == "\\" else 1
    if end >= len(text):
        raise ExpressionError("This prompt has no quote at its end.", text=text, at=at, length=1)
    return Token(TokenKind.PROMPT, _ESCAPE.sub(_unescape, text[at + 1 : end]), at, end + 1)


def _unescape(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else _ESCAPED.get(found[2], found[2])


def _escape(found: re.Match[str]) -> str:
    known = next((letter for letter, meant in _ESCAPED.items() if meant == found[0]), None)
    return f"\\{known or found[0]}" if known or found[0] in '"\\' else f"\\u{ord(found[0]):04x}"


def _line_with_caret(text: str, at: int, length: int) -> str:
    """The line of a fault, or as much of it as can be shown, and carets under the fault."""
    begin = max(0, at - _SHOWN // 2)
    shown = "".join(each if each.isprintable() else " " for each in text[begin : begin + _SHOWN])
    before, fault = shown[: at - begin], shown[at - begin : at - begin + max(1, length)]
    return f"{shown}\n{' ' * _columns(before)}{'^' * max(1, _columns(fault))}"


def _columns(text: str) -> int:
    """How wide a text is in a font of equal letters: those of East Asia take two columns, accents alone none."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )
