"""Extra networks in prompts: `<lora:name:weight>` and its longer forms, in A1111's order of arguments.

Of its extensions, a weight may be one for each step (`0@0,1@0.5`, as in sd-webui-loractl), and there may be weights for
blocks (`lbw=`, as in sd-webui-lora-block-weight).
"""

import re
from dataclasses import dataclass, field

from webui.generation.step_weights import StepWeights, read_step_weights

_START = re.compile(r"<(\w+):")


@dataclass(frozen=True, slots=True)
class Network:
    """A network that a prompt names.

    Args:
        kind: what stands before the first colon: `lora`, also `lyco`, `hypernet` and whatever else is written there.
        name: the file's name without its ending, or the alias that its training gave it.
        text_encoder: how much it changes the text encoder, 1.0 is as trained.
        unet: how much it changes the denoiser; the same as `text_encoder` unless given.
        dyn: the rank to use of a dynamic network, None all of it.
        unet_steps: where `unet` changes along the walk, how; `unet` is then its weight at the first step. The text
            encoder reads prompts before the walk, with the weight that the first step has.
        blocks: weights for single blocks, as they are written behind `lbw=`.
        unread: arguments that are no numbers where a number belongs; their defaults hold.
    """

    kind: str
    name: str
    text_encoder: float = 1.0
    unet: float = 1.0
    dyn: int | None = None
    unet_steps: StepWeights = ()
    blocks: str = ""
    unread: tuple[str, ...] = field(default=(), compare=False)


def take_networks(text: str) -> tuple[str, list[Network]]:
    """The prompt without its `<kind:arguments>` tags, and what they ask for, in their order.

    A network that is named twice is listed twice; in A1111 the last one counts. Never raises.
    """
    kept: list[str] = []
    networks: list[Network] = []
    position = 0
    for start, end in _tags(text):
        kept.append(text[position:start])
        kind, _, arguments = text[start + 1 : end - 1].partition(":")
        networks.append(_network(kind, arguments.split(":")))
        position = end
    return "".join([*kept, text[position:]]), networks


def only_networks(text: str) -> str:
    """The `<kind:arguments>` tags of a prompt, as they are written, in their order."""
    return "".join(text[start:end] for start, end in _tags(text))


def _tags(text: str) -> list[tuple[int, int]]:
    """Where each tag begins and ends. What has no end is none, and nothing behind it can be one either."""
    tags: list[tuple[int, int]] = []
    match = _START.search(text)
    while match is not None:
        end = text.find(">", match.end())
        if end < 0:
            break
        if end > match.end():
            tags.append((match.start(), end + 1))
        match = _START.search(text, end + 1)
    return tags


def _network(kind: str, arguments: list[str]) -> Network:
    placed = [argument for argument in arguments if argument.count("=") != 1]
    named = dict(argument.split("=") for argument in arguments if argument.count("=") == 1)
    read = _Numbers()
    text_encoder = read.steps(named.get("te"), read.steps(placed[1] if len(placed) > 1 else None, ((0.0, 1.0),)))
    unet = read.steps(named.get("unet"), read.steps(placed[2] if len(placed) > 2 else None, text_encoder))
    dyn = read.rank(named.get("dyn", placed[3] if len(placed) > 3 else None))
    return Network(
        kind, placed[0].strip() if placed else "", text_encoder[0][1], unet[0][1], dyn,
        unet_steps=unet if len(unet) > 1 else (), blocks=named.get("lbw", "").strip(), unread=tuple(read.unread),
    )  # fmt: skip


class _Numbers:
    """Reads numbers and remembers what was none."""

    def __init__(self) -> None:
        self.unread: list[str] = []

    def steps(self, text: str | None, default: StepWeights) -> StepWeights:
        """The weight of each step; a weight alone is one point."""
        if text is None:
            return default
        points = read_step_weights(text)
        if points is None:
            self.unread.append(text)
            return default
        return points

    def rank(self, text: str | None) -> int | None:
        if text is None:
            return None
        if text.strip().isdecimal() and len(text) < 10:
            return int(text)
        self.unread.append(text)
        return None
