"""Pictures as tensors, and scenes by number."""

import numpy as np
import pytest
import torch

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.learning.pictures import PicturePool, numbered_scene, to_bytes, to_tensor


def test_bytes_survive_the_way_to_tensors_and_back() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
    assert np.array_equal(to_bytes(to_tensor(pictures)), pictures)


def test_tensors_hold_values_from_minus_one_to_one() -> None:
    values = to_tensor(np.array([[[[0, 0, 0], [255, 255, 255]]]], dtype=np.uint8))
    assert values.shape == (1, 3, 1, 2)
    assert (float(values.min()), float(values.max())) == (-1, 1)


def test_a_number_always_means_the_same_scene() -> None:
    assert numbered_scene(1, 2) == numbered_scene(1, 2)
    assert numbered_scene(1, 2) != numbered_scene(1, 3)


def test_crops_have_the_size_asked_for() -> None:
    pool = PicturePool(2, seed=1)
    crops = pool.crops(3, 64, torch.Generator().manual_seed(0))
    assert crops.shape == (3, 3, 64, 64)
