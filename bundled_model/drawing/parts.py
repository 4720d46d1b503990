"""What the pixels of a picture show."""

from enum import IntEnum


class Part(IntEnum):
    """What a pixel shows."""

    SKY = 0
    CLOUD = 1
    LIGHT = 2
    FAR_LAND = 3
    LAND = 4
    WATER = 5
    SUBJECT = 6
