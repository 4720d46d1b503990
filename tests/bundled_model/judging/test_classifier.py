"""The judge: one label an attribute, from pictures of every size."""

import numpy as np
import pytest
import torch

from bundled_model.judging.classifier import SIDE, Classifier, read_attributes, shrunk
from bundled_model.learning.pictures import to_tensor
from bundled_model.scenes.attributes import ATTRIBUTES, labels_of
from bundled_model.scenes.sampling import numbered_scene


def test_every_attribute_of_a_scene_has_its_label() -> None:
    scene, _ = numbered_scene(1, 3)
    row = labels_of([scene])[0].tolist()
    for (name, labels), number in zip(ATTRIBUTES.items(), row, strict=True):
        assert labels[number] == str(getattr(scene, name) or "none")


@pytest.mark.parametrize("shape", [(256, 256), (256, 384), (384, 256), (SIDE, SIDE)])
def test_the_classifier_reads_one_label_an_attribute_at_every_size(shape: tuple[int, int]) -> None:
    read = read_attributes(Classifier().eval(), np.zeros((3, *shape, 3), np.uint8))
    assert read.shape == (3, len(ATTRIBUTES))
    assert all(read[:, column].max() < len(labels) for column, labels in enumerate(ATTRIBUTES.values()))


@pytest.mark.parametrize("shape", [(256, 256), (256, 384), (384, 256)])
def test_a_picture_is_shrunk_to_the_means_of_its_areas(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (2, *shape, 3), dtype=np.uint8)
    wanted = torch.nn.functional.adaptive_avg_pool2d(to_tensor(pixels), SIDE)
    assert (to_tensor(shrunk(pixels)) - wanted).abs().max() <= 0.5 / 127.5 + 1e-5


def test_a_picture_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="250x256"):
        shrunk(np.zeros((1, 256, 250, 3), np.uint8))


def test_its_maps_keep_where_things_are() -> None:
    maps = Classifier().eval().maps(torch.zeros(1, 3, SIDE, SIDE))
    assert [each.shape[-1] for each in maps] == [64, 32, 16, 8]
