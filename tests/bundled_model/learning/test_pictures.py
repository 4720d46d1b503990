"""Pictures as tensors."""

import numpy as np

from bundled_model.learning.pictures import to_bytes, to_tensor


def test_bytes_survive_the_way_to_tensors_and_back() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
    assert np.array_equal(to_bytes(to_tensor(pictures)), pictures)


def test_tensors_hold_values_from_minus_one_to_one() -> None:
    values = to_tensor(np.array([[[[0, 0, 0], [255, 255, 255]]]], dtype=np.uint8))
    assert values.shape == (1, 3, 1, 2)
    assert (float(values.min()), float(values.max())) == (-1, 1)
