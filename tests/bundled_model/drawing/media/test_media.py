"""All media draw the same scene: each in its own way, always in the same way, and no medium moves a part."""

import random
from itertools import combinations

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.canvas import Canvas, Part
from bundled_model.drawing.media import LORA_LOOKS, MEDIA
from bundled_model.drawing.media.pixel import CELL
from bundled_model.scenes.scene import Style

SIZES = ((256, 256), (384, 256), (256, 384))
RED, BLUE = (0.88, 0.19, 0.2), (0.17, 0.39, 0.85)


def drawn(medium: str, size: tuple[int, int] = (256, 256), colour: tuple[float, float, float] = RED) -> np.ndarray:
    return finished(medium, size, colour)[0]


def finished(medium: str, size: tuple[int, int], colour: tuple[float, float, float] = RED) -> tuple[np.ndarray, Canvas]:
    """A sun over a hill with a house, in falling snow."""
    craft = MEDIA[medium]()
    canvas = Canvas(size, craft)
    width, height = size
    canvas.shade(canvas.everything(), (0, 0), (0, height), [((0.2, 0.5, 0.9), 1.0), ((0.8, 0.9, 1.0), 1.0)])
    with canvas.showing(Part.LIGHT):
        canvas.glow((60, 60), 70, (1.0, 0.9, 0.4), 0.5)
        canvas.circle((60, 60), 24, (1.0, 0.85, 0.3))
    with canvas.showing(Part.LAND):
        canvas.fill(canvas.below(lambda x: 0.6 * height + 0.05 * x), (0.35, 0.65, 0.3))
    with canvas.showing(Part.SUBJECT):
        canvas.box(width - 110, height - 110, 70, 60, colour)
        canvas.polygon(
            [(width - 120, height - 110), (width - 75, height - 150), (width - 30, height - 110)], (0.3, 0.2, 0.2)
        )
    craft.draw_contours(canvas)
    for index in range(12):
        canvas.circle((20 * index + 8, 16 * index + 12), 3, (1.0, 1.0, 1.0), 0.8)
    return craft.finish(canvas, random.Random(1)), canvas


def test_every_style_has_a_medium_and_loras_have_three_more() -> None:
    assert set(MEDIA) == {*Style, *LORA_LOOKS}
    assert len(LORA_LOOKS) == 3


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("medium", MEDIA)
def test_the_finished_picture_has_the_size_of_its_canvas_and_is_the_same_each_time(
    medium: str, size: tuple[int, int]
) -> None:
    first, again = drawn(medium, size), drawn(medium, size)
    assert first.shape == (size[1], size[0], 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)


@pytest.mark.parametrize(("first", "second"), list(combinations(MEDIA, 2)))
def test_media_can_be_told_apart(first: str, second: str) -> None:
    difference = np.abs(drawn(first).astype(int) - drawn(second)).max(axis=2)
    assert (difference > 12).mean() > 0.1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("medium", MEDIA)
def test_no_medium_changes_the_map_of_parts(medium: str, size: tuple[int, int]) -> None:
    plain = finished(Style.POSTER, size)[1].parts()
    assert np.array_equal(finished(medium, size)[1].parts(), plain)
    assert {Part.SKY, Part.LIGHT, Part.LAND, Part.SUBJECT} == set(np.unique(plain))


@pytest.mark.parametrize("medium", Style)
def test_named_colours_stay_what_they_are(medium: str) -> None:
    # Inside the walls, away from contours and snow.
    red, blue = (drawn(medium, colour=colour)[160:190, 165:200].reshape(-1, 3).mean(axis=0) for colour in (RED, BLUE))
    assert red[0] > red[1] + 60
    assert red[0] > red[2] + 60
    assert blue[2] > blue[0] + 60


@pytest.mark.parametrize("medium", [name for name in MEDIA if name != "blueprint"])
def test_the_sun_is_brighter_than_the_sky_around_it_or_has_a_rim(medium: str) -> None:
    picture = drawn(medium).astype(int)
    assert np.abs(picture[60, 60] - picture[20, 150]).max() > 40


@pytest.mark.parametrize("medium", Style)
def test_no_medium_has_grain(medium: str) -> None:
    # The hill before the house is one colour; paper and washes may vary it, but slowly.
    flat = drawn(medium)[212:228:CELL, 48:120:CELL].astype(int)
    assert np.abs(np.diff(flat, axis=1)).max() <= 6
