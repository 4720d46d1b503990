"""Composable prompts: `a cat AND a dog:0.5`, each part with its own weight in the guidance.

Liu et al. 2022, Compositional Visual Generation with Composable Diffusion Models; the notation is A1111's. What a part
means is read by `webui.generation.prompt_steps` (what changes along the walk) and then, text by text, by
`webui.generation.prompt_emphasis`.
"""

import re

_AND = re.compile(r"\bAND\b")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?|\d*\.\d+)")
_NUMBER_CHARACTERS = "+-.0123456789"


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
        return before.rstrip()[:-1].rstrip(), float(number)
    return words, 1.0
