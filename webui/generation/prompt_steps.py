"""Prompt editing: `[from:to:when]` and `[a|b]`, and which text a prompt has at which step.

The grammar is A1111's (release 1.10): brackets may nest, round ones may hold one colon, and whatever is not a whole
bracket stays as it is written. Its parser knows several readings of a prompt and happens to choose the literal one
where exactly two unbalanced brackets follow a schedule; here a schedule is always one. One scan with a stack finds
the brackets; nothing recurses, so the depth of a prompt costs no more than its length.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise

_TOKENS = re.compile(r"\\.|[\\\[\]():|]|[^\\\[\]():|]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class TimedText:
    """The text that holds up to and with the model call `end_step`, counted from 0."""

    end_step: int
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A bracket that has one of its parts as its text, depending on the step.

    Args:
        parts: each part's first token and the token behind it, which is a separator or the closing bracket.
        end: the token behind the closing bracket.
        when: the number that ends a schedule, as it is written; None for an alternation.
    """

    parts: tuple[tuple[int, int], ...]
    end: int
    when: str | None


@dataclass(frozen=True, slots=True)
class EditedPrompt:
    """A prompt's tokens, and by the index of their opening bracket the choices among them."""

    tokens: tuple[str, ...]
    choices: dict[int, Choice]
    unreadable: bool = False
    """A `|` outside of an alternation or a lone backslash: A1111 then edits nothing in the whole prompt."""

    def render(self) -> str:
        """The prompt as it was written."""
        return "".join(self.tokens)


@dataclass(slots=True)
class _Open:
    """A bracket that is not closed yet."""

    bracket: str
    start: int
    separators: list[int] = field(default_factory=list)


def prompt_at_steps(text: str, steps: int, *, second_pass_steps: int | None = None) -> tuple[TimedText, ...]:
    """The texts that a prompt has along a walk of `steps`, in order; the last one ends at the last step.

    At model call c (from 0) the first text with c <= end_step holds. `when` with a point is a share of the steps,
    without one a step. In a second pass of `second_pass_steps` shares count from 1.0 and steps go on from `steps`.
    """
    prompt = parse_editing(text)
    walked = steps if second_pass_steps is None else second_pass_steps
    if prompt.unreadable or not prompt.choices:
        return (TimedText(walked, text),)
    offset = (0.0, 0) if second_pass_steps is None else (1.0, steps)
    switches = {
        start: _switch_step(choice.when, walked, *offset)
        for start, choice in prompt.choices.items()
        if choice.when is not None
    }
    ends = {walked, *(step for step in switches.values() if step >= 1)}
    if len(switches) < len(prompt.choices):
        ends.update(range(1, walked + 1))
    moments = sorted(set(switches.values()))
    counts = {len(choice.parts) for choice in prompt.choices.values() if choice.when is None}
    texts: dict[tuple[int, ...], str] = {}
    timed: list[TimedText] = []
    for end in sorted(ends):
        # Alternations come round again and again: what is the same combination of parts is put together once.
        state = (bisect_left(moments, end), *((end - 1) % count for count in counts))
        if state not in texts:
            texts[state] = _text_at(prompt, switches, end)
        timed.append(TimedText(end, texts[state]))
    return tuple(timed)


def parse_editing(text: str) -> EditedPrompt:
    """Find the schedules and alternations of a prompt. Never raises; takes time in proportion to the length."""
    tokens = tuple(_TOKENS.findall(text))
    choices: dict[int, Choice] = {}
    stack: list[_Open] = []
    unreadable = False
    for index, token in enumerate(tokens):
        if token in ("[", "("):
            stack.append(_Open(token, index))
        elif token in ("]", ")"):
            opened = stack.pop() if stack else None
            closed, choice = _close(tokens, opened, index)
            if choice is not None and opened is not None:
                choices[opened.start] = choice
            elif not closed:
                dead = [*stack, opened] if opened else []
                unreadable = unreadable or _have_bars(tokens, dead)
                stack.clear()
        elif token in (":", "|") and stack:
            stack[-1].separators.append(index)
        else:
            unreadable = unreadable or token in ("|", "\\")
    return EditedPrompt(tokens, choices, unreadable or _have_bars(tokens, stack))


def _close(tokens: tuple[str, ...], opened: _Open | None, index: int) -> tuple[bool, Choice | None]:
    """Whether the bracket that closes at `index` is a whole one, and the choice that it makes."""
    if opened is None or opened.bracket + tokens[index] not in ("[]", "()"):
        return False, None
    separators = {tokens[place] for place in opened.separators}
    if opened.bracket == "(":
        return len(opened.separators) <= 1 and "|" not in separators, None
    if not separators:
        return True, None
    parts = tuple((first + 1, behind) for first, behind in pairwise([opened.start, *opened.separators, index]))
    if separators == {"|"}:
        return True, Choice(parts, index + 1, None)
    first, behind = parts[-1]
    number = tokens[first].strip() if behind - first == 1 else ""
    if separators == {":"} and len(parts) <= 3 and _NUMBER.fullmatch(number):
        return True, Choice(parts[:-1], index + 1, number)
    return False, None


def _have_bars(tokens: tuple[str, ...], opened: list[_Open]) -> bool:
    return any(tokens[place] == "|" for bracket in opened for place in bracket.separators)


def _switch_step(when: str, steps: int, share_offset: float, step_offset: int) -> int:
    """The last step, from 1, that has the text before the switch; below 1: none has."""
    value = (float(when) - share_offset) * steps if "." in when else float(when) - step_offset
    return int(max(-1.0, min(float(steps), value)))


def _text_at(prompt: EditedPrompt, switches: dict[int, int], step: int) -> str:
    """The text of step `step`, counted from 1."""
    texts: list[str] = []
    jumps: dict[int, int] = {}
    index = 0
    while index < len(prompt.tokens):
        if index in jumps:
            index = jumps[index]
        elif (choice := prompt.choices.get(index)) is None:
            texts.append(prompt.tokens[index])
            index += 1
        elif (part := _part_at(choice, switches.get(index, 0), step)) is None:
            index = choice.end
        else:
            index, behind = part
            jumps[behind] = choice.end
    return "".join(texts)


def _part_at(choice: Choice, switch: int, step: int) -> tuple[int, int] | None:
    """The part that is the text of `choice` at `step`; None: it has none."""
    if choice.when is None:
        return choice.parts[(step - 1) % len(choice.parts)]
    if step > switch:
        return choice.parts[-1]
    return choice.parts[0] if len(choice.parts) == 2 else None
