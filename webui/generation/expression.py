"""Concept arithmetic: a small language for blends of prompts, as in `"a cat" + 0.8 * ("night" - "day")`.

Prompts are in quotes; names stand for prompts. There are numbers, `+ - * / ( )`, `lerp(x, y, t)` for
x + t (y - x), and `mean(x, y, ...)`. Everything is linear: a prompt times a prompt, or a prompt plus a number, is an
error, told with the place of the fault.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pydantic import ValidationError

from webui.generation.blend import MAX_IDEAS, Blend, BlendWay, Idea
from webui.generation.expression_tokens import ExpressionError, Token, TokenKind, quoted, tokens_of
from webui.generation.invalid_values import as_invalid_request

__all__ = ["ExpressionError", "parse", "written"]

MAX_DEPTH = 50
"""How many brackets may be open at once."""
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


def parse(text: str, names: Mapping[str, str] = _NO_NAMES, way: BlendWay = BlendWay.LINEAR) -> Blend:
    """The blend that an expression means; equal prompts are added up, in the order of their first mention.

    Args:
        text: the expression.
        names: what names in it stand for, each a prompt.
        way: how the embeddings become one.

    Raises:
        ExpressionError: it cannot be read, has no prompt, or asks for a blend that cannot be.
    """
    return _Parser(text, names).blend(way)


def written(blend: Blend) -> str:
    """A blend as an expression on one line, which `parse` reads back exactly but for its way."""
    parts: list[str] = []
    for idea in blend.ideas:
        weight = idea.weight
        negative = math.copysign(1.0, weight) < 0
        sign = (" - " if negative else " + ") if parts else ("-" if negative else "")
        factor = "" if abs(weight) == 1 else f"{abs(weight)!r} * "
        parts.append(f"{sign}{factor}{quoted(idea.prompt)}")
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class _Value:
    """What a part of an expression means: a number (None: not one), or weights by prompt; and where it stands."""

    number: float | None
    weights: Mapping[str, float]
    at: int
    end: int

    @property
    def kind(self) -> str:
        """In words."""
        return "a prompt" if self.number is None else "a number"

    def times(self, factor: float, at: int, end: int) -> "_Value":
        """The same so many times, as a value that stands there."""
        number = None if self.number is None else self.number * factor
        return _Value(number, {prompt: weight * factor for prompt, weight in self.weights.items()}, at, end)


class _Parser:
    """Reads one expression by recursive descent, as deep as its brackets."""

    def __init__(self, text: str, names: Mapping[str, str]) -> None:
        self._text = text
        self._names = names
        self._tokens = tokens_of(text)
        self._next = 0
        self._depth = 0
        self._mentions: dict[str, Token] = {}
        """Where each prompt is mentioned first."""
        self._functions: Mapping[str, Callable[[Token, list[_Value]], _Value]] = {
            "lerp": self._lerp,
            "mean": self._mean,
        }

    def blend(self, way: BlendWay) -> Blend:
        """What the whole expression means."""
        whole = self._sum()
        if self._token.kind is not TokenKind.END:
            raise self._unexpected(self._token)
        if whole.number is not None:
            raise self._fault("This is a number. A blend needs a prompt, in quotes or by its name.", whole)
        if len(whole.weights) > MAX_IDEAS:
            what = f"The expression has {len(whole.weights)} different prompts; at most {MAX_IDEAS} are blended."
            raise self._fault(what, self._mentions[list(whole.weights)[MAX_IDEAS]])
        ideas = tuple(self._idea(prompt, weight) for prompt, weight in whole.weights.items())
        try:
            return Blend(ideas=ideas, way=way)
        except ValidationError as error:
            raise self._fault(_sentence_of(error), whole) from error

    def _idea(self, prompt: str, weight: float) -> Idea:
        try:
            return Idea(prompt=prompt, weight=weight)
        except ValidationError as error:
            raise self._fault(_sentence_of(error), self._mentions[prompt]) from error

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._token
        self._next += 1
        return token

    def _take_sign(self, signs: str) -> Token | None:
        token = self._token
        return self._take() if token.kind is TokenKind.SIGN and token.value in signs else None

    def _sum(self) -> _Value:
        total = self._product()
        while sign := self._take_sign("+-"):
            term = self._product()
            if (total.number is None) != (term.number is None):
                raise self._fault(f"{total.kind.capitalize()} and {term.kind} cannot be added.", sign)
            total = self._added(total, term.times(-1.0, term.at, term.end) if sign.value == "-" else term)
        return total

    def _product(self) -> _Value:
        product = self._signed()
        while sign := self._take_sign("*/"):
            factor = self._signed()
            product = self._checked((self._divided if sign.value == "/" else self._multiplied)(product, factor, sign))
        return product

    def _signed(self) -> _Value:
        first, factor = self._token, 1.0
        while sign := self._take_sign("+-"):
            factor = -factor if sign.value == "-" else factor
        value = self._atom()
        return value if factor == 1.0 else value.times(-1.0, first.at, value.end)

    def _atom(self) -> _Value:
        token = self._take()
        if token.kind is TokenKind.NUMBER:
            return self._checked(_Value(float(token.value), {}, token.at, token.end))
        if token.kind is TokenKind.PROMPT:
            return self._mention(token.value, token)
        if token.kind is TokenKind.NAME:
            calls = self._token.kind is TokenKind.SIGN and self._token.value == "("
            return self._called(token) if calls else self._named(token)
        if token.value == "(":
            inner = self._bracketed(token)
            if len(inner) > 1:
                raise self._fault("A comma stands between a function's values only.", token)
            return _Value(inner[0].number, inner[0].weights, token.at, self._tokens[self._next - 1].end)
        raise self._unexpected(token)

    def _bracketed(self, opening: Token) -> list[_Value]:
        """The values between a bracket that was just read and the one that closes it."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._fault(f"More than {MAX_DEPTH} brackets are open here.", opening)
        values = [self._sum()]
        while self._take_sign(","):
            values.append(self._sum())
        if not self._take_sign(")"):
            if self._token.kind is TokenKind.END:
                raise self._fault("This bracket is not closed.", opening)
            raise self._unexpected(self._token)
        self._depth -= 1
        return values

    def _mention(self, prompt: str, token: Token) -> _Value:
        self._mentions.setdefault(prompt, token)
        return _Value(None, {prompt: 1.0}, token.at, token.end)

    def _named(self, token: Token) -> _Value:
        if token.value in self._names:
            return self._mention(self._names[token.value], token)
        known = f"The names are {', '.join(self._names)}." if self._names else "There are no names here."
        raise self._fault(f"There is no name {token.value[:40]}. {known} Prompts stand in quotes.", token)

    def _called(self, name: Token) -> _Value:
        function = self._functions.get(name.value)
        if function is None:
            raise self._fault(f"There is no function {name.value[:40]}. There are lerp and mean.", name)
        values = self._bracketed(self._take())
        call = Token(name.kind, name.value, name.at, self._tokens[self._next - 1].end)
        return self._checked(function(call, values))

    def _lerp(self, call: Token, values: list[_Value]) -> _Value:
        if len(values) != 3:
            raise self._fault("lerp takes three values: from, to, and a number for how far.", call)
        start, end, share = values
        if share.number is None:
            raise self._fault("How far lerp goes must be a number.", share)
        self._check_alike([start, end])
        return self._added(
            start.times(1.0 - share.number, call.at, call.end), end.times(share.number, call.at, call.end)
        )

    def _mean(self, call: Token, values: list[_Value]) -> _Value:
        self._check_alike(values)
        total = values[0]
        for value in values[1:]:
            total = self._added(total, value)
        return total.times(1.0 / len(values), call.at, call.end)

    def _check_alike(self, values: list[_Value]) -> None:
        for value in values[1:]:
            if value.kind != values[0].kind:
                raise self._fault("Prompts and numbers cannot be mixed here.", value)

    def _added(self, left: _Value, right: _Value) -> _Value:
        weights = dict(left.weights)
        for prompt, weight in right.weights.items():
            weights[prompt] = weights[prompt] + weight if prompt in weights else weight
        number = None if left.number is None or right.number is None else left.number + right.number
        return self._checked(_Value(number, weights, left.at, right.end))

    def _multiplied(self, left: _Value, right: _Value, sign: Token) -> _Value:
        if right.number is not None:
            return left.times(right.number, left.at, right.end)
        if left.number is not None:
            return right.times(left.number, left.at, right.end)
        raise self._fault("A prompt cannot be multiplied by a prompt, only by a number.", sign)

    def _divided(self, left: _Value, right: _Value, sign: Token) -> _Value:
        if right.number is None:
            raise self._fault("Nothing can be divided by a prompt, only by a number.", sign)
        if right.number == 0:
            raise self._fault("This divides by zero.", right)
        number = None if left.number is None else left.number / right.number
        return _Value(
            number, {each: weight / right.number for each, weight in left.weights.items()}, left.at, right.end
        )

    def _checked(self, value: _Value) -> _Value:
        """The value, where all its numbers are finite."""
        if not all(map(math.isfinite, (value.number or 0.0, *value.weights.values()))):
            raise self._fault("This number is too large.", value)
        return value

    def _unexpected(self, token: Token) -> ExpressionError:
        if token.kind is TokenKind.END:
            said = "Something is missing here." if self._text.strip() else "There is no expression yet."
        elif token.value == ")":
            said = "This bracket closes where a value or an earlier bracket is missing."
        elif token.kind is TokenKind.SIGN:
            said = f"A value is missing before {token.value!r}."
        else:
            said = f"A sign is missing before this {token.kind.value}: one of + - * /."
        return self._fault(said, token)

    def _fault(self, message: str, place: Token | _Value) -> ExpressionError:
        return ExpressionError(message, text=self._text, at=place.at, length=place.end - place.at)


def _sentence_of(error: ValidationError) -> str:
    """What is wrong with an idea or a blend."""
    problem = error.errors(include_url=False)[0]
    if problem["type"] != "value_error":
        return as_invalid_request(error).message
    said = str(problem.get("ctx", {}).get("error"))
    return f"{said[:1].upper()}{said[1:]}."
