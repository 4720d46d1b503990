"""A prompt without the marks of its emphasis, for what reads it as a whole and not in chunks. Pure."""

from dataclasses import dataclass
from typing import Self

from webui.generation.prompt_emphasis import BREAK_MARK, parse_emphasis
from webui.generation.request import Emphasis


@dataclass(frozen=True, slots=True)
class PlainPrompt:
    """The text, in which BREAK is a space, and what each of its characters weighs."""

    text: str
    weights: tuple[float, ...]

    @classmethod
    def read(cls, prompt: str, emphasis: Emphasis = Emphasis.ORIGINAL) -> Self:
        """What a prompt says, and how much of it is meant."""
        if emphasis is Emphasis.NONE:
            return cls(prompt, (1.0,) * len(prompt))
        said: list[str] = []
        weights: list[float] = []
        for run in parse_emphasis(prompt):
            is_break = run.text == BREAK_MARK and run.weight == -1.0
            words, weight = (" ", 1.0) if is_break else (run.text, run.weight)
            said.append(words)
            weights += [1.0 if emphasis is Emphasis.IGNORE else weight] * len(words)
        return cls("".join(said), tuple(weights))

    def without(self, start: int, end: int) -> Self:
        """The same without the characters from `start` to `end`."""
        return type(self)(self.text[:start] + self.text[end:], self.weights[:start] + self.weights[end:])
