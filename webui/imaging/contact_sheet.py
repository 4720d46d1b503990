"""The contact sheet of a walk: its steps in rows, each with its number below, drawn as the pictures come."""

import math

from PIL import Image, ImageDraw

from webui.imaging.grid import MAX_PIXELS, MAX_SIDE
from webui.imaging.lettering import FADED, INK, PAPER, font, line_height, width_of, wrapped
from webui.imaging.reading import flattened

_WIDE = 1.5
"""A sheet is about so many times as wide as high."""
_TEXTS_A_SIDE = 16
_SMALLEST_TEXT, _LARGEST_TEXT = 12, 36
_TITLE_LINES = 2
_SMALLEST_CELL = 32


class StepSheet:
    """A sheet with room for a number of pictures of about one size; only the sheet itself is in memory.

    Pictures keep their size as long as the sheet has at most 50 megapixels and 16,000 pixels a side; beyond that all
    are made smaller alike.

    Args:
        count: how many pictures there will be, at least one.
        size: width and height of the largest, in pixels.
        title: what is written at the top; may be empty.
    """

    def __init__(self, count: int, size: tuple[int, int], title: str = "") -> None:
        self._columns = min(max(round(math.sqrt(count * _WIDE * size[1] / size[0])), 1), count)
        self._rows = math.ceil(count / self._columns)
        self._cell = size
        self._measure()
        while self._excess() > 1 and min(self._cell) > _SMALLEST_CELL:
            factor = 0.98 / math.sqrt(self._excess())
            self._cell = max(int(self._cell[0] * factor), 1), max(int(self._cell[1] * factor), 1)
            self._measure()
        self._scale = self._cell[0] / size[0]
        self._drawn = 0
        self.image = Image.new("RGB", (self._width, self._height), PAPER)
        self._draw = ImageDraw.Draw(self.image)
        lines = wrapped(title, self._text, self._width - 2 * self._text, _TITLE_LINES)
        for number, line in enumerate(lines):
            self._draw.text((self._text, self._text + number * line_height(self._text)), line, INK, font(self._text))

    def add(self, picture: Image.Image, label: str, aside: str = "") -> None:
        """The next picture, with a label at the left below it and, where there is room, a word aside at the right."""
        row, column = divmod(self._drawn, self._columns)
        self._drawn += 1
        width, height = self._cell
        left = self._text + column * (width + self._text)
        top = self._top + row * (height + self._label_height + self._text)
        fitted = _scaled(flattened(picture), self._scale, self._cell)
        self.image.paste(fitted, (left + (width - fitted.width) // 2, top + (height - fitted.height) // 2))
        below = top + height + line_height(self._text) // 6
        self._draw.text((left, below), label, INK, font(self._text))
        if width_of(label, self._text) + self._text + width_of(aside, self._text) <= width:
            self._draw.text((left + width - width_of(aside, self._text), below), aside, FADED, font(self._text))

    def _measure(self) -> None:
        """All sizes that follow from a cell's."""
        width, height = self._cell
        self._text = min(max(round((width + height) / 2 / _TEXTS_A_SIDE), _SMALLEST_TEXT), _LARGEST_TEXT)
        self._label_height = line_height(self._text)
        self._top = self._text + _TITLE_LINES * line_height(self._text) + self._text // 2
        self._width = 2 * self._text + self._columns * (width + self._text) - self._text
        self._height = self._top + self._rows * (height + self._label_height + self._text)

    def _excess(self) -> float:
        """How many times too large the sheet is; more than 1 is too large."""
        longest = max(self._width, self._height)
        return max(self._width * self._height / MAX_PIXELS, (longest / MAX_SIDE) ** 2)


def _scaled(picture: Image.Image, scale: float, cell: tuple[int, int]) -> Image.Image:
    """The picture as much smaller as all are, and never larger than its cell."""
    factor = min(scale, cell[0] / picture.width, cell[1] / picture.height)
    if factor >= 1:
        return picture
    size = max(round(picture.width * factor), 1), max(round(picture.height * factor), 1)
    return picture.resize(size, Image.Resampling.LANCZOS)
