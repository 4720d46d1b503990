"""The judge's training: batches of drawings of all sizes, and steps that teach it something."""

from pathlib import Path

import pytest
import torch

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.judging.classifier import SIDE, Classifier, load_classifier
from bundled_model.judging.classifier_training import ClassifierLoss, train_classifier
from bundled_model.learning.drawings import DrawingStore
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import Budget, generator_for
from bundled_model.scenes.attributes import ATTRIBUTES

PICTURES = 64


def test_a_batch_holds_drawings_of_several_sizes_with_their_labels(drawn_folder: Path) -> None:
    loss = ClassifierLoss(Classifier(), DrawingStore(drawn_folder, PICTURES), batch=12)
    pictures, labels = loss.drawn(generator_for(1, 0))
    assert pictures.shape == (12, 3, SIDE, SIDE)
    assert labels.shape == (12, len(ATTRIBUTES))


def test_a_training_step_gives_a_loss_with_gradients(drawn_folder: Path) -> None:
    model = Classifier()
    loss = ClassifierLoss(model, DrawingStore(drawn_folder, PICTURES), batch=4)(0)
    loss.backward()
    assert torch.isfinite(loss)
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_what_was_learned_is_kept(drawn_folder: Path, tmp_path: Path) -> None:
    drawings = DrawingStore(drawn_folder, PICTURES)
    assert train_classifier(tmp_path, drawings, Budget(0, 2), Stop(), batch=4)
    before = Classifier().state_dict()["hidden.0.weight"]
    assert not torch.equal(load_classifier(tmp_path).state_dict()["hidden.0.weight"], before)
