import numpy as np
import pytest
from PIL import Image

from tests.imaging.files import gradient
from webui.imaging.colour import matched

LUMINOSITY = np.array([0.3, 0.59, 0.11])


def _noise(seed: int, low: tuple[int, int, int], high: tuple[int, int, int]) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(low, high, (64, 64, 3))
    return Image.fromarray(pixels.astype(np.uint8))


def _mean(image: Image.Image) -> np.ndarray:
    return np.asarray(image, np.float64).mean(axis=(0, 1))


def test_a_picture_matched_to_itself_stays_as_it_is() -> None:
    for image in (gradient(64, 64), _noise(1, (0, 0, 0), (256, 256, 256))):
        assert matched(image, image).tobytes() == image.tobytes()


def test_a_cast_is_taken_out_again() -> None:
    original = _noise(1, (60, 60, 60), (160, 160, 160))
    cast = Image.fromarray(np.add(np.asarray(original, np.int16), (50, 0, -50)).clip(0, 255).astype(np.uint8))
    corrected = matched(cast, original)
    difference_before, difference_after = (
        _mean(image) - _mean(image).mean() - (_mean(original) - _mean(original).mean()) for image in (cast, corrected)
    )
    assert np.abs(difference_before).max() > 45
    assert np.abs(difference_after).max() < 4


def test_light_and_shadow_stay_those_of_the_result() -> None:
    result, original = gradient(64, 64), _noise(2, (100, 20, 20), (200, 60, 60))
    before, after = (np.asarray(image, np.float64) @ LUMINOSITY for image in (result, matched(result, original)))
    assert np.abs(before - after).max() < 1.0


def test_grey_makes_grey() -> None:
    corrected = np.asarray(matched(gradient(64, 64), Image.new("L", (10, 10), 128)), np.int16)
    assert (corrected.max(axis=-1) - corrected.min(axis=-1)).max() <= 3  # half a level of a* and b* is kept


@pytest.mark.parametrize("colour", ["black", "white", "red", (0, 0, 255)])
def test_extreme_pictures_stay_in_range(colour: str | tuple[int, int, int]) -> None:
    corrected = matched(Image.new("RGB", (8, 8), colour), _noise(3, (0, 0, 0), (256, 256, 256)))
    assert (corrected.mode, corrected.size) == ("RGB", (8, 8))
