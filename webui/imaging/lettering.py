"""Words on drawn pictures: the font, and lines that fit a width. The colours are those of the page on paper."""

from functools import cache

from PIL import ImageFont

Colour = tuple[int, int, int]
PAPER: Colour = (246, 242, 234)
INK: Colour = (35, 31, 26)
FADED: Colour = (101, 92, 80)
RULE: Colour = (206, 197, 181)
AMBER: Colour = (240, 161, 46)
AMBER_INK: Colour = (135, 82, 0)
AMBER_WASH: Colour = (250, 229, 190)

_LINE = 1.3
"""A line's height in sizes of the font."""


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own font, so that a drawing is the same on every machine; `size` in pixels."""
    found = ImageFont.load_default(size)
    assert isinstance(found, ImageFont.FreeTypeFont)
    return found


def line_height(size: int) -> int:
    """From one line's top to the next one's, in pixels."""
    return round(size * _LINE)


def width_of(text: str, size: int) -> int:
    """The width of a line in pixels."""
    return round(font(size).getlength(text))


def wrapped(text: str, size: int, width: int, most: int = 8) -> list[str]:
    """The text in lines that are at most so wide; words longer than a line are cut.

    Args:
        text: without control characters; line breaks count as spaces.
        size: of the font, in pixels.
        width: in pixels.
        most: lines; what does not fit in them ends in an ellipsis.
    """
    lines: list[str] = []
    current = ""
    for word in text[:2_000].split():
        for piece in _pieces(word, size, width):
            joined = f"{current} {piece}".strip()
            if current and width_of(joined, size) > width:
                lines.append(current)
                joined = piece
            current = joined
        if len(lines) >= most:
            break
    lines += [current] if current else []
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][:-3]}..."]
    return lines


def _pieces(word: str, size: int, width: int) -> list[str]:
    pieces: list[str] = []
    rest = word
    while rest:
        count = len(rest)
        while count > 1 and width_of(rest[:count], size) > width:
            count -= max(1, count // 8)
        pieces.append(rest[:count])
        rest = rest[count:]
    return pieces
