"""The drawing of a sweep: how far each picture moved from the one before, over the pictures themselves."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw

from webui.imaging.lettering import AMBER, AMBER_INK, AMBER_WASH, FADED, INK, PAPER, RULE, font, line_height, width_of
from webui.imaging.lettering import wrapped as in_lines
from webui.imaging.reading import flattened

WIDTH = 1080
_PLOT_HEIGHT = 320
_LEFT, _RIGHT, _TOP = 88, 32, 80
_TITLE, _TEXT = 22, 14
_FINE = 3
"""Lines are drawn so many times larger and made smaller, which smooths them."""
_NARROWEST_THUMB, _LARGEST_THUMB = 48, 160
_GRID_LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What is drawn.

    Args:
        title: above everything.
        labels: one for each picture, along the axis.
        distances: between neighbours, one less than there are labels; None where one is missing.
        marked: the place in `distances` of the one that is marked; None for none.
        pictures: one for each label; None where one is missing.
        across: what the labels are.
        up: what the distances are.
    """

    title: str
    labels: Sequence[str]
    distances: Sequence[float | None]
    marked: int | None
    pictures: Sequence[Image.Image | None]
    across: str
    up: str


def movement_plot(movement: Movement) -> Image.Image:
    """The drawing: mode RGB, 1080 pixels wide."""
    stride = max(math.ceil(len(movement.labels) * _NARROWEST_THUMB / (WIDTH - _LEFT - _RIGHT)), 1)
    thumbs = _thumbs(movement, stride)
    below = max((thumb.height for _, thumb in thumbs), default=0)
    bottom = _TOP + _PLOT_HEIGHT
    height = bottom + 3 * line_height(_TEXT) + below + 2 * _TEXT
    top = _ceiling(movement)
    image = _lines(movement, top, (WIDTH, height))
    draw = ImageDraw.Draw(image)
    _letter_axes(draw, movement, top, stride)
    for index, thumb in thumbs:
        x = min(max(_x(index, movement) - thumb.width // 2, 4), WIDTH - thumb.width - 4)
        image.paste(thumb, (int(x), bottom + line_height(_TEXT) + 8))
    words = movement.across
    draw.text(((WIDTH - width_of(words, _TEXT)) // 2, height - line_height(_TEXT) - 8), words, FADED, font(_TEXT))
    return image


def _x(place: float, movement: Movement) -> float:
    """Where a picture stands; between two of them is where their distance is drawn."""
    inset = (WIDTH - _LEFT - _RIGHT) / len(movement.labels) / 2
    span = WIDTH - _LEFT - _RIGHT - 2 * inset
    return _LEFT + inset + span * place / max(len(movement.labels) - 1, 1)


def _y(distance: float, top: float) -> float:
    return _TOP + _PLOT_HEIGHT * (1 - distance / top)


def _ceiling(movement: Movement) -> float:
    """The highest number of the axis: a round one above all distances."""
    highest = max((distance for distance in movement.distances if distance is not None), default=0.0)
    return next((step for step in (0.04, 0.1, 0.2, 0.4, 0.6, 0.8) if highest * 1.1 <= step), 1.0)


def _lines(movement: Movement, top: float, size: tuple[int, int]) -> Image.Image:
    """Paper with the grid, the mark and the curve."""
    large = Image.new("RGB", (size[0] * _FINE, size[1] * _FINE), PAPER)
    draw = ImageDraw.Draw(large)

    def at(x: float, y: float) -> tuple[float, float]:
        return x * _FINE, y * _FINE

    if movement.marked is not None:
        left, right = _x(movement.marked, movement), _x(movement.marked + 1, movement)
        draw.rectangle((*at(left, _TOP), *at(right, _TOP + _PLOT_HEIGHT)), fill=AMBER_WASH)
    for number in range(_GRID_LINES + 1):
        y = _y(top * number / _GRID_LINES, top)
        draw.line((*at(_LEFT, y), *at(WIDTH - _RIGHT, y)), fill=RULE, width=_FINE)
    points = [
        None if distance is None else at(_x(index + 0.5, movement), _y(distance, top))
        for index, distance in enumerate(movement.distances)
    ]
    for before, after in pairwise(points):
        if before and after:
            draw.line((*before, *after), fill=INK, width=round(1.5 * _FINE))
    for index, point in enumerate(points):
        if point:
            marked = index == movement.marked
            radius = (6 if marked else 3) * _FINE
            box = (point[0] - radius, point[1] - radius, point[0] + radius, point[1] + radius)
            draw.ellipse(box, fill=AMBER if marked else INK, outline=AMBER_INK if marked else None)
    return large.resize(size, Image.Resampling.BOX)


def _letter_axes(draw: ImageDraw.ImageDraw, movement: Movement, top: float, stride: int) -> None:
    title = in_lines(movement.title, _TITLE, WIDTH - 2 * _TEXT, 1)
    draw.text((_LEFT, _TEXT), "".join(title), INK, font(_TITLE))
    draw.text((_LEFT, _TOP - line_height(_TEXT) - 6), movement.up, FADED, font(_TEXT))
    for number in range(_GRID_LINES + 1):
        words = f"{top * number / _GRID_LINES:.2f}"
        y = _y(top * number / _GRID_LINES, top) - line_height(_TEXT) / 2
        draw.text((_LEFT - 10 - width_of(words, _TEXT), y), words, FADED, font(_TEXT))
    for index in range(0, len(movement.labels), stride):
        words = movement.labels[index]
        x = _x(index, movement) - width_of(words, _TEXT) / 2
        near = movement.marked is not None and index in (movement.marked, movement.marked + 1)
        draw.text((x, _TOP + _PLOT_HEIGHT + 4), words, AMBER_INK if near else INK, font(_TEXT))


def _thumbs(movement: Movement, stride: int) -> list[tuple[int, Image.Image]]:
    """The pictures that have room below the axis, small."""
    room = (WIDTH - _LEFT - _RIGHT) / max(len(movement.labels), 1) * stride - 6
    side = int(min(room, _LARGEST_THUMB))
    thumbs: list[tuple[int, Image.Image]] = []
    for index in range(0, len(movement.pictures), stride):
        picture = movement.pictures[index]
        if picture is not None:
            scale = side / max(picture.size)
            size = max(round(picture.width * scale), 1), max(round(picture.height * scale), 1)
            thumbs.append((index, flattened(picture).resize(size, Image.Resampling.LANCZOS)))
    return thumbs
