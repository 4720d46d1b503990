"""Limits that several values of a request share."""

from typing import Annotated

from pydantic import Field

MAX_PROMPT_CHARACTERS = 20_000
MAX_SEED = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""
RANDOM_SEED = -1
MIN_SIDE, MAX_SIDE = 64, 2048
"""Of a picture, in pixels."""
SIZE_MULTIPLE = 8
PICTURE_ID_PATTERN = r"^[0-9a-f]{32}$"
"""The first 32 hexadecimal digits of the SHA-256 of a picture file's bytes."""

Prompt = Annotated[str, Field(max_length=MAX_PROMPT_CHARACTERS)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Side = Annotated[int, Field(ge=MIN_SIDE, le=MAX_SIDE, multiple_of=SIZE_MULTIPLE)]


def is_whole(text: str) -> bool:
    """Whether UTF-8 can hold a text: JSON, and names of files, may have halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
