import numpy as np
from PIL import Image

from tests.imaging.files import gradient
from webui.imaging.filling import filled


def _mask(size: tuple[int, int], box: tuple[int, int, int, int]) -> Image.Image:
    mask = Image.new("L", size)
    mask.paste(255, box)
    return mask


def test_what_is_not_masked_stays_and_nothing_of_what_is_shows() -> None:
    image = Image.new("RGB", (96, 96), (40, 90, 200))
    box = (20, 30, 70, 80)
    image.paste((255, 0, 0), box)
    pixels = np.asarray(filled(image, _mask(image.size, box)), np.int16)
    assert np.abs(pixels - (40, 90, 200)).max() <= 8
    outside = np.asarray(_mask(image.size, box)) == 0
    assert np.array_equal(pixels[outside], np.asarray(image)[outside])


def test_each_edge_gives_its_own_colour() -> None:
    image = gradient(256, 256)
    pixels = np.asarray(filled(image, _mask(image.size, (64, 64, 192, 192))), np.int16)
    assert pixels[128, 66, 0] < pixels[128, 128, 0] < pixels[128, 189, 0]
    assert pixels[66, 128, 1] < pixels[128, 128, 1] < pixels[189, 128, 1]
    assert np.abs(pixels[128, 66] - np.asarray(image, np.int16)[128, 66]).max() < 25


def test_a_mask_over_everything_gives_the_mean_colour() -> None:
    image = Image.new("RGB", (64, 64), "black")
    image.paste("white", (0, 0, 64, 16))
    pixels = np.asarray(filled(image, Image.new("L", (64, 64), 255)))
    assert (pixels == 64).all()


def test_what_no_blur_reaches_gets_the_mean_of_what_is_seen() -> None:
    image = Image.new("RGB", (3000, 8), "red")
    image.paste((0, 100, 0), (0, 0, 8, 8))
    pixels = np.asarray(filled(image, _mask(image.size, (8, 0, 3000, 8))), np.int16)
    assert np.abs(pixels[:, 2900] - (0, 100, 0)).max() <= 1


def test_a_blank_mask_changes_nothing() -> None:
    assert filled(gradient(), Image.new("L", (24, 16))).tobytes() == gradient().tobytes()
