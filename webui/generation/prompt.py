"""The prompt language as a whole: a prompt is parts joined by AND, each with a weight and its brackets.

`a cat AND a dog:0.5` guides by both parts at once (Liu et al. 2022, Compositional Visual Generation with Composable
Diffusion Models); the notation is A1111's. What a part says is read by `webui.generation.prompt_steps` (what changes
along the walk) and then, text by text, by `webui.generation.prompt_emphasis`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from webui.generation.prompt_steps import EditedPrompt, parse_editing

_AND = re.compile(r"\bAND\b")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?|[0-9]*\.[0-9]+)")
_NUMBER_CHARACTERS = "+-.0123456789"
_LARGEST_WEIGHT = 1e9


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two ANDs: its brackets, and its weight in the guidance."""

    words: EditedPrompt
    weight: float


def parse_prompt(text: str) -> tuple[Part, ...]:
    """The parts of a prompt; there is always one. Never raises, in time linear in the length."""
    return tuple(Part(parse_editing(words), weight) for words, weight in split_and(text))


def render_prompt(parts: Sequence[Part]) -> str:
    """A prompt that `parse_prompt` reads as `parts`."""
    return " AND".join(_rendered(part) for part in parts)


def split_and(text: str) -> list[tuple[str, float]]:
    """The parts of a prompt between the words AND, each with the number that follows its last colon, or 1.0.

    There is always one part. As in A1111 a prompt without AND may end in a weight too, and space behind a part is
    dropped while that before it stays. Never raises, in time linear in the length.
    """
    return [_split_weight(part) for part in _AND.split(text)]


def _split_weight(part: str) -> tuple[str, float]:
    words = part.rstrip()
    before = words.rstrip(_NUMBER_CHARACTERS)
    number = words[len(before) :]
    if before.rstrip().endswith(":") and _NUMBER.fullmatch(number):
        weight = min(max(float(number), -_LARGEST_WEIGHT), _LARGEST_WEIGHT)
        return before.rstrip()[:-1].rstrip(), weight
    return words, 1.0


def _rendered(part: Part) -> str:
    text = part.words.render()
    return text if _split_weight(text) == (text, part.weight) else f"{text}:{Decimal(repr(part.weight)):f}"
