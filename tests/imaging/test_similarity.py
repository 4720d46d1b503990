import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter, ImageOps

from tests.imaging.files import gradient
from webui.imaging.similarity import ssim, ssim_map

C1, C2 = 6.5025, 58.5225


def _noise(seed: int, width: int = 48, height: int = 40) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8))


def test_equal_pictures_are_wholly_alike() -> None:
    assert ssim(gradient(), gradient()) == pytest.approx(1.0)
    assert ssim(_noise(1), _noise(1)) == pytest.approx(1.0)


@pytest.mark.parametrize(("one", "other"), [(0, 255), (100, 150), (10, 12), (255, 255)])
def test_plain_pictures_differ_by_their_light_alone(one: int, other: int) -> None:
    expected = (2 * one * other + C1) / (one**2 + other**2 + C1)
    pictures = [Image.new("L", (32, 20), level) for level in (one, other)]
    assert ssim(*pictures) == pytest.approx(expected, abs=1e-6)


def test_one_window_gives_the_papers_formula_with_its_sums_written_out() -> None:
    x, y = (np.random.default_rng(seed).uniform(0, 255, (11, 11)) for seed in (1, 2))
    y = 0.5 * x + 0.5 * y
    places = np.arange(11) - 5
    weights = np.exp(-(places[:, None] ** 2 + places[None, :] ** 2) / (2 * 1.5**2))
    weights /= weights.sum()
    mean_x, mean_y = (weights * x).sum(), (weights * y).sum()
    variance_x, variance_y = (weights * (x - mean_x) ** 2).sum(), (weights * (y - mean_y) ** 2).sum()
    covariance = (weights * (x - mean_x) * (y - mean_y)).sum()
    light = (2 * mean_x * mean_y + C1) / (mean_x**2 + mean_y**2 + C1)
    contrast_and_structure = (2 * covariance + C2) / (variance_x + variance_y + C2)
    found = ssim_map(x, y)
    assert found.shape == (1, 1)
    assert found[0, 0] == pytest.approx(light * contrast_and_structure)


@settings(max_examples=25, deadline=None)
@given(seeds=st.tuples(st.integers(0, 99), st.integers(0, 99)), size=st.tuples(st.integers(1, 40), st.integers(1, 40)))
def test_it_is_symmetric_and_between_nought_and_one(seeds: tuple[int, int], size: tuple[int, int]) -> None:
    one, other = (_noise(seed, *size) for seed in seeds)
    assert ssim(one, other) == pytest.approx(ssim(other, one))
    assert 0.0 <= ssim(one, other) <= 1.0


def test_the_more_is_changed_the_less_alike_they_are() -> None:
    blurs = [ssim(_noise(1), _noise(1).filter(ImageFilter.GaussianBlur(radius))) for radius in (0.4, 0.8, 1.6, 3.2)]
    assert blurs == sorted(blurs, reverse=True)
    assert ssim(_noise(1), _noise(2)) < 0.1
    assert ssim(_noise(1), ImageOps.invert(_noise(1))) == 0.0


def test_pictures_of_different_sizes_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        ssim(gradient(8, 8), gradient(9, 8))
