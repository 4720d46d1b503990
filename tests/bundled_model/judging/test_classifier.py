"""The judge: one label an attribute, and figures that count what they say."""

import pytest
import torch

pytest.importorskip("skia", exc_type=ImportError)

import numpy as np

from bundled_model.judging.classifier import Classifier, ClassifierLoss, accuracy, read_attributes
from bundled_model.scenes.attributes import ATTRIBUTES, labels_of
from bundled_model.scenes.sampling import numbered_scene


def test_every_attribute_of_a_scene_has_its_label() -> None:
    scene, _ = numbered_scene(1, 3)
    row = labels_of([scene])[0].tolist()
    for (name, labels), number in zip(ATTRIBUTES.items(), row, strict=True):
        assert labels[number] == str(getattr(scene, name) or "none")


def test_the_classifier_reads_one_label_an_attribute() -> None:
    for shape in ((256, 256), (256, 384), (384, 256)):
        read = read_attributes(Classifier().eval(), np.zeros((3, *shape, 3), np.uint8))
        assert read.shape == (3, len(ATTRIBUTES))


def test_accuracy_is_the_share_of_pictures_read_right_in_percent() -> None:
    true = torch.zeros(4, len(ATTRIBUTES), dtype=torch.long)
    read = true.clone()
    read[0, 0] = 1
    figures = accuracy(read, true)
    assert figures["style"] == 75
    assert figures["sky"] == 100
    assert figures["all"] == 75
    assert figures["mean"] == pytest.approx(97.7)


def test_a_training_step_gives_a_loss_with_gradients() -> None:
    model = Classifier()
    loss = ClassifierLoss(model, count=6, batch=4)(0)
    loss.backward()
    assert torch.isfinite(loss)
    assert all(parameter.grad is not None for parameter in model.parameters())
