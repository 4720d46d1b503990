import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from webui.imaging.masks import blurred, box_of, is_blank, overlay_mask, read_mask


def _mask(size: tuple[int, int], box: tuple[int, int, int, int]) -> Image.Image:
    mask = Image.new("L", size)
    mask.paste(255, box)
    return mask


def test_white_is_masked_and_grey_stays_grey() -> None:
    picture = Image.new("RGB", (3, 1))
    picture.putdata([(255, 255, 255), (100, 100, 100), (0, 0, 0)])
    read = read_mask(picture, (3, 1))
    assert (list(read.image.tobytes()), read.notes) == ([255, 100, 0], ())
    assert list(read_mask(picture, (3, 1), inverted=True).image.tobytes()) == [0, 155, 255]


def test_what_is_painted_on_transparency_is_masked_whatever_its_colour() -> None:
    picture = Image.new("RGBA", (4, 1))
    picture.putdata([(0, 0, 0, 255), (0, 0, 0, 129), (255, 255, 255, 128), (255, 255, 255, 0)])
    assert list(read_mask(picture, (4, 1)).image.tobytes()) == [255, 255, 0, 0]
    assert list(read_mask(picture, (4, 1), soft=True).image.tobytes()) == [255, 129, 128, 0]


def test_transparency_that_hides_nothing_does_not_count() -> None:
    picture = Image.new("RGBA", (2, 1), (0, 0, 0, 255))
    picture.putpixel((1, 0), (255, 255, 255, 255))
    assert list(read_mask(picture, (2, 1)).image.tobytes()) == [0, 255]


def test_a_mask_of_another_size_is_resized_with_a_note_and_stays_hard() -> None:
    read = read_mask(_mask((100, 50), (33, 0, 71, 50)), (1024, 512))
    assert read.image.size == (1024, 512)
    assert set(read.image.tobytes()) == {0, 255}
    assert read.image.getbbox() == pytest.approx((33 * 10.24, 0, 71 * 10.24, 512), abs=1)
    assert read.notes == ("The mask was resized from 100 x 50 to the picture's size, 1,024 x 512.",)


def test_a_grey_mask_of_another_size_stays_grey() -> None:
    assert set(read_mask(Image.new("L", (7, 7), 99), (64, 64)).image.tobytes()) == {99}


def test_a_mask_without_anything_in_it_is_blank() -> None:
    assert is_blank(Image.new("L", (8, 8)))
    assert not is_blank(_mask((8, 8), (7, 7, 8, 8)))
    assert is_blank(read_mask(Image.new("L", (8, 8), 255), (8, 8), inverted=True).image)


def test_a_blur_of_nothing_changes_nothing() -> None:
    mask = _mask((20, 20), (3, 4, 11, 12))
    assert blurred(mask, 0).tobytes() == mask.tobytes()


def test_a_blurred_point_is_the_gaussian_rounded_along_each_axis() -> None:
    mask = _mask((21, 21), (10, 10, 11, 11))
    weights = [math.exp(-(x**2) / 2) for x in range(-3, 4)]  # sigma 1: a window of 2 * 3 + 1
    row = [round(255 * weight / sum(weights)) for weight in weights]
    column = [round(row[3] * weight / sum(weights)) for weight in weights]
    pixels = np.asarray(blurred(mask, 1))
    assert list(pixels[10, 7:14]) == [round(value * weights[3] / sum(weights)) for value in row]
    assert list(pixels[7:14, 10]) == column
    assert pixels[10, 6] == pixels[6, 10] == 0


@pytest.mark.parametrize("sigma", [1, 4, 64])
def test_a_blurred_edge_is_half_way_at_the_edge_and_what_is_far_away_stays(sigma: int) -> None:
    pixels = np.asarray(blurred(_mask((900, 4), (450, 0, 900, 4)), sigma), np.int16)[0]
    reach = int(2.5 * sigma + 0.5)
    assert abs(pixels[449] + pixels[450] - 255) <= 1
    assert (np.diff(pixels) >= 0).all()
    assert (pixels[: 450 - reach] == 0).all()
    assert (pixels[450 + reach :] == 255).all()


def test_a_blur_wider_than_the_mask_works_too() -> None:
    assert set(blurred(Image.new("L", (3, 1), 255), 64).tobytes()) == {255}


def test_the_overlay_is_twice_the_mask() -> None:
    mask = Image.new("L", (4, 1))
    mask.putdata([0, 1, 127, 128])
    assert list(overlay_mask(mask).tobytes()) == [0, 2, 254, 255]


@pytest.mark.parametrize(
    ("masked", "padding", "size", "box"),
    [
        ((40, 40, 60, 60), 0, (64, 64), (40, 40, 60, 60)),
        ((40, 40, 60, 60), 10, (64, 64), (30, 30, 70, 70)),
        ((40, 40, 60, 60), 0, (128, 64), (30, 40, 70, 60)),
        ((40, 40, 60, 60), 0, (64, 128), (40, 30, 60, 70)),
        ((40, 40, 60, 61), 0, (64, 64), (40, 40, 61, 61)),
        ((0, 40, 20, 60), 0, (128, 64), (0, 40, 40, 60)),
        ((80, 40, 100, 60), 0, (128, 64), (60, 40, 100, 60)),
        ((40, 0, 60, 5), 32, (64, 64), (8, 0, 92, 84)),
        ((10, 20, 90, 80), 32, (64, 64), (0, 0, 100, 100)),
        ((0, 45, 100, 55), 0, (64, 128), (0, 0, 100, 100)),
    ],
)
def test_the_box_grows_to_the_proportions_inside_the_picture(
    masked: tuple[int, int, int, int], padding: int, size: tuple[int, int], box: tuple[int, int, int, int]
) -> None:
    assert box_of(_mask((100, 100), masked), padding=padding, width=size[0], height=size[1]) == box


def test_there_is_no_box_around_nothing() -> None:
    assert box_of(Image.new("L", (9, 9)), padding=32, width=64, height=64) is None


@given(
    picture=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    start=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    share=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    padding=st.integers(0, 40),
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
)
def test_every_box_holds_the_mask_and_lies_in_the_picture(
    picture: tuple[int, int],
    start: tuple[float, float],
    share: tuple[float, float],
    padding: int,
    size: tuple[int, int],
) -> None:
    left, top = (int(place * (side - 1)) for place, side in zip(start, picture, strict=True))
    right = left + 1 + int(share[0] * (picture[0] - left - 1))
    bottom = top + 1 + int(share[1] * (picture[1] - top - 1))
    box = box_of(_mask(picture, (left, top, right, bottom)), padding=padding, width=size[0], height=size[1])
    assert box is not None
    assert 0 <= box[0] <= left
    assert 0 <= box[1] <= top
    assert right <= box[2] <= picture[0]
    assert bottom <= box[3] <= picture[1]
