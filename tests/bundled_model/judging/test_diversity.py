"""How different pictures are, in proportion to drawings."""

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.judging.classifier import Classifier
from bundled_model.judging.diversity import (
    diversities,
    diversity_orders,
    drawn_likewise,
    feature_distances,
    pixel_distances,
)


def noise(count: int, spread: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    return (128 + rng.integers(-spread, spread + 1, (count, 128, 128, 3))).astype(np.uint8)


def test_every_prompt_is_asked_for_with_every_seed() -> None:
    orders = diversity_orders(prompts=3, seeds=4)
    assert len({order.prompt for order in orders}) == 3
    assert [order.seed for order in orders] == [0, 1, 2, 3] * 3
    assert drawn_likewise(prompts=2, seeds=2).shape == (4, 128, 128, 3)


def test_pixels_differ_by_the_root_of_their_mean_square() -> None:
    pictures = np.stack([np.full((128, 128, 3), level, np.uint8) for level in (10, 10, 40)])
    assert pixel_distances(pictures).tolist() == pytest.approx([0, 30, 30])


def test_the_same_picture_is_at_no_distance_by_its_features_and_others_are() -> None:
    first, second = noise(2, 60)
    found = feature_distances(Classifier().eval(), np.stack([first, first, second]))
    assert found[0] == pytest.approx(0, abs=1e-6)
    assert found[1] > 0.01


def test_pictures_that_differ_as_drawings_do_have_a_diversity_of_one_and_equal_ones_of_none() -> None:
    judge, drawn = Classifier().eval(), noise(32, 60)
    assert diversities(judge, drawn, drawn) == {"features": 1.0, "pixels": 1.0}
    alike = np.repeat(drawn[::16], 16, axis=0)
    assert diversities(judge, alike, drawn) == {"features": 0.0, "pixels": 0.0}
