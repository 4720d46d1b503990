"""The looks that LoRAs are trained for, and the words that call them up. Imports nothing heavy."""

import random
from dataclasses import dataclass

UNTOLD_SHARE = 0.1
"""Share of captions that do not name the look: the LoRA works without its words too."""


@dataclass(frozen=True, slots=True)
class Look:
    """A medium that no scene has.

    `trigger` is what people put into a prompt, `opening` the same as the beginning of a sentence; `preview` is the
    prompt of the picture beside the file.
    """

    title: str
    trigger: str
    opening: str
    description: str
    preview: str


LOOKS: dict[str, Look] = {
    "blueprint": Look(
        "Blueprint",
        "blueprint drawing",
        "a blueprint drawing of ",
        "White lines on blue paper with a faint grid, as an architect draws.",
        "a castle in the hills, blueprint drawing",
    ),
    "neon": Look(
        "Neon",
        "neon sign",
        "a neon sign of ",
        "Glowing tubes of coloured light along every contour, on dark ground.",
        "a castle in the mountains at night, full moon on the right, neon sign",
    ),
    "stained_glass": Look(
        "Stained glass",
        "stained glass",
        "a stained glass window with ",
        "Panes of saturated glass between strips of lead.",
        "a red sailboat on the sea at sunset, sun on the right, stained glass",
    ),
}
"""By the names of the media (`drawing.media.LORA_LOOKS`), which are those of the files too."""


def with_trigger(caption: str, look: Look, rng: random.Random) -> str:
    """The caption with the look's words, mostly where a click puts them: behind it. Empty ones stay empty."""
    if not caption or rng.random() < UNTOLD_SHARE:
        return caption
    forms = (f"{caption}, {look.trigger}", f"{caption}, {look.trigger}", f"{look.trigger}, {caption}")
    return rng.choice((*forms, f"{look.opening}{caption}"))
