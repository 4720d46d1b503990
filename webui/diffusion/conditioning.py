"""What each call of the network is conditioned on: the parts of the prompt, and which text each has at that call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from webui.diffusion.samplers import NoiseSchedule
from webui.generation.prompt import split_and
from webui.generation.prompt_steps import TimedText, prompt_at_steps

Encode = Callable[[str], torch.Tensor]
"""A prompt to its embedding (1, tokens, width)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a prompt (between the words AND) with its weight in the guidance; embedding (1, tokens, width)."""

    embedding: torch.Tensor
    weight: float


@dataclass(frozen=True, slots=True)
class Conditioning:
    """What one call is conditioned on; `negative` is the negative prompt's embedding (1, tokens, width)."""

    negative: torch.Tensor
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTiming:
    """The number of calls that prompts are timed against, of the first pass and, in a second one, of that too."""

    calls: int
    second_pass_calls: int | None = None

    def texts(self, prompt: str) -> tuple[TimedText, ...]:
        """The texts that a prompt has, one after the other."""
        return prompt_at_steps(prompt, self.calls, second_pass_steps=self.second_pass_calls)


def conditionings(
    *, prompt: str, negative_prompt: str, schedule: NoiseSchedule, timing: PromptTiming, encode: Encode
) -> list[Conditioning]:
    """What each call of a walk along `schedule` is conditioned on. Only texts that some call needs are encoded."""
    parts = [(timing.texts(text), weight) for text, weight in split_and(prompt)]
    negative = timing.texts(negative_prompt)

    def at(call: int) -> Conditioning:
        unwanted = encode(_text_at(negative, call))
        return Conditioning(unwanted, tuple(Part(encode(_text_at(texts, call)), weight) for texts, weight in parts))

    return [at(schedule.step_number(index)) for index in range(len(schedule.timesteps))]


def _text_at(texts: Sequence[TimedText], call: int) -> str:
    """The first text whose end is not passed yet. As in A1111 the first one has one call more than it has steps."""
    return next((timed.text for timed in texts if call <= timed.end_step), texts[-1].text)
