import numpy as np
import pytest

from webui.imaging.convolving import convolved, gaussian_kernel


def test_a_kernel_is_symmetric_with_the_sum_of_one() -> None:
    kernel = gaussian_kernel(2.0, 11)
    assert kernel.sum() == pytest.approx(1.0)
    assert np.array_equal(kernel, kernel[::-1])
    assert kernel[5] / kernel[7] == pytest.approx(np.exp(0.5))


@pytest.mark.parametrize("length", [1, 2, 5, 64, 300])
@pytest.mark.parametrize("size", [1, 3, 21])
@pytest.mark.parametrize("axis", [0, 1])
def test_it_equals_the_sum_written_out_with_mirrored_borders(length: int, size: int, axis: int) -> None:
    values = np.random.default_rng(length).uniform(0, 255, (length, 3) if axis == 0 else (3, length))
    kernel = gaussian_kernel(size / 5, size)
    padding = [(0, 0), (0, 0)]
    padding[axis] = (size // 2, size // 2)
    mirrored = np.pad(values, padding, mode="reflect")
    expected = sum(weight * np.take(mirrored, np.arange(length) + i, axis) for i, weight in enumerate(kernel))
    assert np.allclose(convolved(values, kernel, axis), expected, atol=1e-9)
