"""The contact sheet: pictures in rows and columns on paper, with what varies written at the edges."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from webui.imaging.lettering import FADED, INK, PAPER, RULE, Colour, font, line_height, width_of, wrapped
from webui.imaging.reading import flattened

MAX_PIXELS = 50_000_000
MAX_SIDE = 16_000
_GAP = 4
_SMALLEST_TEXT, _LARGEST_TEXT = 12, 40
_TEXTS_A_SIDE = 18
"""A cell's mean side is so many times the size of its legend."""
_NARROWEST = 7
"""A column has room for so many sizes of the font, however small its pictures are."""


@dataclass(frozen=True, slots=True)
class Page:
    """One table of the sheet: rows of pictures, or of words where there is no picture; a title where there are more."""

    rows: Sequence[Sequence[Image.Image | str]]
    title: str = ""


def contact_sheet(pages: Sequence[Page], *, columns: Sequence[str] = (), rows: Sequence[str] = ()) -> Image.Image:
    """All pages one below the other.

    Pictures keep their size, as long as the sheet has at most 50 megapixels and 16,000 pixels a side; beyond that all
    are made smaller alike.

    Args:
        pages: of equal numbers of rows and columns.
        columns: what is written above each column; none, or one each.
        rows: what is written at the left of each row; none, or one each.

    Returns:
        Mode RGB.
    """
    sheet = _Sheet(pages, columns, rows)
    for _ in range(8):
        excess = max(sheet.width * sheet.height / MAX_PIXELS, (max(sheet.width, sheet.height) / MAX_SIDE) ** 2)
        if excess <= 1:
            break
        sheet = _Sheet(pages, columns, rows, scale=sheet.scale * 0.98 / math.sqrt(excess))
    return sheet.drawn()


@dataclass(slots=True)
class _Sheet:
    """A sheet that has been measured."""

    pages: Sequence[Page]
    columns: Sequence[str]
    rows: Sequence[str]
    scale: float = 1.0
    cell: tuple[int, int] = field(init=False)
    text: int = field(init=False)
    pitch: int = field(init=False)
    left: int = field(init=False)
    top: int = field(init=False)

    def __post_init__(self) -> None:
        sizes = [one.size for page in self.pages for row in page.rows for one in row if isinstance(one, Image.Image)]
        widest, highest = (max((size[side] for size in sizes), default=128) for side in (0, 1))
        self.cell = max(round(widest * self.scale), 16), max(round(highest * self.scale), 16)
        self.text = min(max(round(sum(self.cell) / 2 / _TEXTS_A_SIDE), _SMALLEST_TEXT), _LARGEST_TEXT)
        self.pitch = max(self.cell[0], _NARROWEST * self.text)
        line = line_height(self.text)
        above = [len(wrapped(title, self.text, self.pitch)) for title in self.columns]
        self.top = max(above, default=0) * line + (line // 2 if any(above) else 0)
        beside = [min(width_of(title, self.text), self.pitch) for title in self.rows]
        self.left = max(beside, default=0) + (line // 2 if any(beside) else 0)

    @property
    def margin(self) -> int:
        return self.text

    @property
    def title_text(self) -> int:
        return round(self.text * 1.2)

    @property
    def column_count(self) -> int:
        return max(len(row) for page in self.pages for row in page.rows)

    @property
    def width(self) -> int:
        return 2 * self.margin + self.left + self.column_count * (self.pitch + _GAP) - _GAP

    @property
    def height(self) -> int:
        heights = [self._title_height(page) + self.top + self._rows_height(page) for page in self.pages]
        return 2 * self.margin + sum(heights) + line_height(self.text) * (len(self.pages) - 1)

    def drawn(self) -> Image.Image:
        image = Image.new("RGB", (self.width, self.height), PAPER)
        draw = ImageDraw.Draw(image)
        y = self.margin
        for page in self.pages:
            self._letter(draw, self._title_lines(page), (self.margin, y), self.title_text, INK)
            y += self._title_height(page)
            self._draw_columns(draw, y)
            y += self.top
            self._draw_rows(image, draw, page, y)
            y += self._rows_height(page) + line_height(self.text)
        return image

    def _title_lines(self, page: Page) -> list[str]:
        return wrapped(page.title, self.title_text, self.width - 2 * self.margin)

    def _title_height(self, page: Page) -> int:
        lines = len(self._title_lines(page))
        return lines * line_height(self.title_text) + (line_height(self.text) // 2 if lines else 0)

    def _rows_height(self, page: Page) -> int:
        return len(page.rows) * (self._row_height + _GAP) - _GAP

    @property
    def _row_height(self) -> int:
        lines = max((len(wrapped(title, self.text, self.pitch)) for title in self.rows), default=0)
        return max(self.cell[1], lines * line_height(self.text))

    def _column_x(self, column: int) -> int:
        return self.margin + self.left + column * (self.pitch + _GAP)

    def _draw_columns(self, draw: ImageDraw.ImageDraw, y: int) -> None:
        for column, title in enumerate(self.columns):
            lines = wrapped(title, self.text, self.pitch)
            bottom = y + self.top - line_height(self.text) // 2
            for number, line in enumerate(reversed(lines), 1):
                x = self._column_x(column) + (self.pitch - width_of(line, self.text)) // 2
                draw.text((x, bottom - number * line_height(self.text)), line, INK, font(self.text))

    def _draw_rows(self, image: Image.Image, draw: ImageDraw.ImageDraw, page: Page, y: int) -> None:
        for number, row in enumerate(page.rows):
            top = y + number * (self._row_height + _GAP)
            if number < len(self.rows):
                lines = wrapped(self.rows[number], self.text, self.pitch)
                middle = top + (self._row_height - len(lines) * line_height(self.text)) // 2
                self._letter(draw, lines, (self.margin, middle), self.text, INK)
            for column, content in enumerate(row):
                self._draw_cell(image, draw, content, (self._column_x(column), top))

    def _draw_cell(
        self, image: Image.Image, draw: ImageDraw.ImageDraw, content: Image.Image | str, at: tuple[int, int]
    ) -> None:
        width, height = self.pitch, self._row_height
        if isinstance(content, Image.Image):
            picture = flattened(content)
            if self.scale < 1:
                size = max(round(picture.width * self.scale), 1), max(round(picture.height * self.scale), 1)
                picture = picture.resize(size, Image.Resampling.LANCZOS)
            image.paste(picture, (at[0] + (width - picture.width) // 2, at[1] + (height - picture.height) // 2))
            return
        left = at[0] + (width - self.cell[0]) // 2
        top = at[1] + (height - self.cell[1]) // 2
        draw.rectangle((left, top, left + self.cell[0] - 1, top + self.cell[1] - 1), outline=RULE)
        small = max(self.text * 4 // 5, 10)
        most = max(self.cell[1] // line_height(small), 1)
        lines = wrapped(content, small, self.cell[0] - 8, most)
        self._letter(draw, lines, (left + 4, top + 2), small, FADED)

    def _letter(
        self, draw: ImageDraw.ImageDraw, lines: Sequence[str], at: tuple[int, int], size: int, colour: Colour
    ) -> None:
        for number, line in enumerate(lines):
            draw.text((at[0], at[1] + number * line_height(size)), line, colour, font(size))
