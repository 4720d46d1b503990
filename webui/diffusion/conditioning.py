"""What each call of the network is conditioned on: the parts of the prompt, and which text each has at that call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from webui.diffusion.families.base import PromptEmbedding, PromptReader
from webui.diffusion.mixing import Concept, Mixing
from webui.diffusion.samplers import NoiseSchedule
from webui.generation.blend import Blend, Slider
from webui.generation.prompt import split_and
from webui.generation.prompt_steps import TimedText, prompt_at_steps


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a prompt (between the words AND) with its weight in the guidance; its embedding has one row.

    `text` is what it says at that call; a blend of several ideas has none. `concepts` are those along which its
    embedding was moved from there.
    """

    embedding: PromptEmbedding
    weight: float
    text: str = ""
    concepts: tuple[Concept, ...] = ()


@dataclass(frozen=True, slots=True)
class Conditioning:
    """What one call is conditioned on; `negative` is the negative prompt's embedding, of one row."""

    negative: PromptEmbedding
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTiming:
    """What the numbers in prompts refer to.

    Args:
        walked: how many calls the walk has.
        calls: how many calls prompts are timed against.
        second_pass_calls: how many of them there are in the second pass, if it is this that is timed.
        before: how many calls lie behind, where the walk takes up another one.
    """

    walked: int
    calls: int
    second_pass_calls: int | None = None
    before: int = 0

    def texts(self, prompt: str) -> tuple[TimedText, ...]:
        """The texts that a prompt has, one after the other."""
        return prompt_at_steps(prompt, self.calls, second_pass_steps=self.second_pass_calls)


def first_pass_timing(schedule: NoiseSchedule, before: int = 0) -> PromptTiming:
    """Calls are counted from 0 against all of the schedule's, also where only its last part is walked, as in A1111.

    So `[a:b:0.5]` is all `a` in a picture of strength 0.5. Only calls that were walked by another walk count: `before`.
    """
    return PromptTiming(walked=len(schedule.timesteps), calls=_calls(schedule), before=before)


def second_pass_timing(schedule: NoiseSchedule, first_pass: NoiseSchedule, before: int = 0) -> PromptTiming:
    """As in A1111 the part that is walked counts as the whole, so that 1.5 is its middle."""
    whole = _calls(schedule) - schedule.step_number(0) + before
    return PromptTiming(
        walked=len(schedule.timesteps), calls=_calls(first_pass), second_pass_calls=whole, before=before
    )


def _calls(schedule: NoiseSchedule) -> int:
    return schedule.steps * schedule.scheduler.order


def conditionings(
    *,
    prompt: str,
    negative_prompt: str,
    timing: PromptTiming,
    read: PromptReader,
    blend: Blend | None = None,
    sliders: Callable[[int], Sequence[Slider]] = lambda call: (),
) -> list[Conditioning]:
    """What each call of a walk is conditioned on. Only texts that some call needs are encoded.

    Args:
        prompt: its parts are what the picture shows, if there is no blend.
        negative_prompt: what it does not show.
        timing: what the numbers in prompts refer to.
        read: reads the prompts.
        blend: ideas in the prompt's place.
        sliders: those that hold at a call, counted from 0.
    """
    parts = [(timing.texts(text), weight) for text, weight in split_and(prompt)]
    negative = timing.texts(negative_prompt)
    mixing = Mixing(read)

    def idea_at(prompt: str, call: int) -> str:
        return _text_at(timing.texts(_only_part(prompt)), call)

    def said(call: int) -> list[Part]:
        if blend is None:
            texts = [(_text_at(timed, call), weight) for timed, weight in parts]
            return [Part(read(text), weight, text) for text, weight in texts]
        ideas = [(idea_at(idea.prompt, call), idea.weight) for idea in blend.counted]
        return [Part(mixing.blended(ideas, blend.way), 1.0, ideas[0][0] if len(ideas) == 1 else "")]

    def at(number: int) -> Conditioning:
        call = timing.before + number
        unwanted = read(_text_at(negative, call), negative=True)
        concepts = tuple(
            (idea_at(slider.low, call), idea_at(slider.high, call), slider.value) for slider in sliders(number)
        )
        moved = [
            replace(part, embedding=mixing.moved(part.embedding, concepts), concepts=concepts) for part in said(call)
        ]
        return Conditioning(unwanted, tuple(moved))

    return [at(number) for number in range(timing.walked)]


def _only_part(prompt: str) -> str:
    """What an idea says as a part of a prompt, which has no space behind it."""
    return split_and(prompt)[0][0]


def _text_at(texts: Sequence[TimedText], call: int) -> str:
    """The first text whose end is not passed yet. As in A1111 the first one has one call more than it has steps."""
    return next((timed.text for timed in texts if call <= timed.end_step), texts[-1].text)
