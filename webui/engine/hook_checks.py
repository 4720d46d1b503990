"""Judges what hooks give, before a walk goes on with it: words that follow "gave", or "" where it is fine."""

from PIL import Image

from webui.generation.limits import MAX_PROMPT_CHARACTERS

MOST_PIXELS = 8192
"""Of a side of a picture that an extension gives."""


def picture_problem(new: object, old: object = None, *, size: tuple[int, int] | None = None) -> str:
    """What is wrong with a picture; `size` is what it must have, in pixels, None for any that can be handled.

    Raises:
        OSError, ValueError: its pixels cannot be read.
    """
    if not isinstance(new, Image.Image):
        return f"{kind_of(new)}, where a picture is expected"
    if size is not None and new.size != size:
        return f"a picture of {new.width} x {new.height} pixels, where {size[0]} x {size[1]} is expected"
    if not 1 <= min(new.size) <= max(new.size) <= MOST_PIXELS:
        return f"a picture of {new.width} x {new.height} pixels: a side has 1 to {MOST_PIXELS}"
    new.convert("RGB")  # of a file that was not read to its end this raises
    return ""


def text_problem(new: object) -> str:
    """What is wrong with a prompt.

    Raises:
        UnicodeEncodeError: it holds half a character.
    """
    if not isinstance(new, str):
        return f"{kind_of(new)}, where a text is expected"
    if len(new) > MAX_PROMPT_CHARACTERS:
        return f"a text of {len(new):,} characters, where a prompt has {MAX_PROMPT_CHARACTERS:,} at most"
    new.encode()  # with half a character this raises
    return ""


def kind_of(value: object) -> str:
    """What it is, in words."""
    return f"a value of the type {type(value).__name__[:60]}"
