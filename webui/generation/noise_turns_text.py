"""Turns of the noise as a text, for the infotext and the form: `0.3 to 77; 0.5 to 9 varied 0.2 to 4 (1.0 to 3)`.

A turn is a share and a seed, then perhaps that seed's variation, and in brackets the turns of its own noise. Numbers
are written so that they come back exactly.
"""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from webui.errors import InvalidRequest
from webui.generation.invalid_values import as_invalid_request
from webui.generation.noise_turns import MAX_DEPTH, NoiseTurn, NoiseTurns

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_TURN = re.compile(
    rf"\s*({_NUMBER})\s*to\s*(-?[0-9]{{1,16}})(?:\s*varied\s*({_NUMBER})\s*to\s*(-?[0-9]{{1,16}}))?\s*", re.IGNORECASE
)
_TURNS: TypeAdapter[tuple[NoiseTurn, ...]] = TypeAdapter(NoiseTurns)
_MOST_CHARACTERS = 10_000


def written_turns(turns: Sequence[NoiseTurn]) -> str:
    """Turns as a text that `read_turns` reads back exactly."""
    return "; ".join(_written(turn) for turn in turns)


def read_turns(text: str) -> tuple[NoiseTurn, ...]:
    """The turns that a text has; none if it has no words.

    Raises:
        InvalidRequest: it cannot be read, or a number in it cannot be used.
    """
    if not text.strip():
        return ()
    if len(text) > _MOST_CHARACTERS:
        raise _unreadable(f"it has more than {_MOST_CHARACTERS:,} characters")
    values, end = _read(text, 0, depth=1)
    if end < len(text):
        raise _unreadable(f"'{text[end : end + 20]}' is out of place")
    try:
        return _TURNS.validate_python(values)
    except ValidationError as error:
        told = as_invalid_request(error).message
        raise InvalidRequest(f"noise_turns: {told.partition(': ')[2] or told}", field="noise_turns") from error


def _written(turn: NoiseTurn) -> str:
    text = f"{turn.share!r} to {turn.seed}"
    if turn.variation_strength or turn.variation_seed:
        text += f" varied {turn.variation_strength!r} to {turn.variation_seed}"
    return f"{text} ({written_turns(turn.turns)})" if turn.turns else text


def _read(text: str, at: int, *, depth: int) -> tuple[list[dict[str, Any]], int]:
    """Turns from a place on, and the place behind them."""
    if depth > MAX_DEPTH:
        raise _unreadable(f"turns can lie at most {MAX_DEPTH} deep within each other")
    turns: list[dict[str, Any]] = []
    while True:
        found = _TURN.match(text, at)
        if found is None:
            raise _unreadable(f"'{text[at : at + 20].strip()}' is no turn")
        share, seed, strength, variation = found.groups()
        turn: dict[str, Any] = {"share": float(share), "seed": int(seed)}
        if strength is not None:
            turn |= {"variation_strength": float(strength), "variation_seed": int(variation)}
        at = found.end()
        if text[at : at + 1] == "(":
            turn["turns"], at = _read(text, at + 1, depth=depth + 1)
            if text[at : at + 1] != ")":
                raise _unreadable("a bracket is not closed")
            at += 1
        turns.append(turn)
        behind = text[at:].lstrip()
        at = len(text) - len(behind)
        if not behind.startswith(";"):
            return turns, at
        at += 1


def _unreadable(why: str) -> InvalidRequest:
    return InvalidRequest(
        f"noise_turns: {why}.", hint="Write a share and a seed, as in '0.3 to 77; 0.5 to 9'.", field="noise_turns"
    )
