import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.imaging.files import gradient
from webui.generation.ways import ResizeMode
from webui.imaging.resizing import resized

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def _stripes(width: int = 90, height: int = 30) -> Image.Image:
    """Red, green and blue thirds from left to right."""
    image = Image.new("RGB", (width, height), GREEN)
    image.paste(RED, (0, 0, width // 3, height))
    image.paste(BLUE, (2 * width // 3, 0, width, height))
    return image


@pytest.mark.parametrize("mode", ResizeMode)
def test_a_picture_of_the_right_size_stays_as_it_is(mode: ResizeMode) -> None:
    same = resized(gradient(), (24, 16), mode)
    assert same.tobytes() == gradient().tobytes()


@pytest.mark.parametrize("mode", [ResizeMode.STRETCH, ResizeMode.LATENT])
def test_stretching_ignores_the_proportions(mode: ResizeMode) -> None:
    image = resized(_stripes(), (30, 60), mode)
    assert [image.getpixel((x, 30)) for x in (4, 15, 25)] == [RED, GREEN, BLUE]


def test_cropping_keeps_the_middle() -> None:
    image = resized(_stripes(), (30, 30), ResizeMode.CROP)
    assert (np.asarray(image)[:, 3:-3] == GREEN).all()


def test_cropping_cuts_equally_from_above_and_below() -> None:
    image = resized(_stripes().transpose(Image.Transpose.ROTATE_270), (20, 40), ResizeMode.CROP)
    assert [image.getpixel((10, y)) for y in (0, 20, 39)] == [RED, GREEN, BLUE]


def test_filling_shows_everything_and_continues_the_edges() -> None:
    image = resized(gradient(60, 30), (60, 60), ResizeMode.FILL)
    pixels = np.asarray(image)
    assert np.array_equal(pixels[15:45], np.asarray(gradient(60, 30)))
    assert (pixels[:15] == pixels[15]).all()
    assert (pixels[45:] == pixels[44]).all()


def test_filling_beside_a_tall_picture_continues_its_columns() -> None:
    pixels = np.asarray(resized(_stripes(30, 60), (60, 60), ResizeMode.FILL))
    assert (pixels[:, :16] == RED).all()
    assert (pixels[:, 44:] == BLUE).all()


@settings(max_examples=60, deadline=None)
@given(
    before=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    after=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    mode=st.sampled_from(ResizeMode),
    pixels=st.sampled_from(["L", "RGB", "RGBA"]),
)
def test_every_size_comes_to_every_other(
    before: tuple[int, int], after: tuple[int, int], mode: ResizeMode, pixels: str
) -> None:
    image = resized(Image.new(pixels, before, "white"), after, mode)
    assert (image.size, image.mode) == (after, pixels)
    assert image.getextrema() in ((255, 255), ((255, 255),) * len(pixels))
