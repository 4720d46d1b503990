"""The evaluation asks for what was never trained on, and tells all that was measured."""

import json
from pathlib import Path

import pytest
import torch

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.judging import evaluation
from bundled_model.judging.classifier import CLASSIFIER_FILE, Classifier
from bundled_model.judging.diversity import diversity_orders, drawn_likewise
from bundled_model.judging.evaluation import EVALUATION_FILE, Trial, accuracy_table, asked_in, evaluate
from bundled_model.judging.generating import Sampling, weights_of
from bundled_model.learning.stopping import Stop
from bundled_model.scenes.attributes import ATTRIBUTES
from bundled_model.scenes.sampling import holds_out


@pytest.fixture
def trial(tiny_model: Path, tmp_path: Path) -> Trial:
    torch.save({"model": Classifier().state_dict()}, tmp_path / CLASSIFIER_FILE)
    return Trial(tmp_path, Sampling(tiny_model, steps=1), count=20)


def test_every_prompt_is_of_a_combination_that_is_held_out(trial: Trial) -> None:
    asked = asked_in(trial)
    assert all(holds_out(each.scene) for each in asked)
    assert all(each.prompt for each in asked)
    assert asked == asked_in(trial)


def test_sizes_come_as_often_as_in_the_training_unless_one_is_asked_for(trial: Trial) -> None:
    sizes = [each.size for each in asked_in(trial)]
    assert [sizes.count(size) for size in ((256, 256), (384, 256), (256, 384))] == [14, 3, 3]
    tall = Trial(trial.folder, trial.sampling, 5, (256, 384))
    assert {each.size for each in asked_in(tall)} == {(256, 384)}


def test_an_evaluation_tells_everything_and_keeps_it(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "NEW_DRAWINGS", 4)
    monkeypatch.setattr(evaluation, "diversity_orders", lambda: diversity_orders(prompts=1))
    monkeypatch.setattr(evaluation, "drawn_likewise", lambda: drawn_likewise(prompts=1))
    figures = evaluate(trial)
    assert figures is not None
    assert json.loads((trial.folder / EVALUATION_FILE).read_text()) == figures
    assert figures["weights"] == weights_of(trial.sampling.model)
    assert figures["sizes"] == {"256x256": 14, "384x256": 3, "256x384": 3}
    assert set(figures["generated_by_size"]) == set(figures["sizes"])
    for name in ("classifier", "drawn", "generated"):
        assert 0 <= figures[name]["all"] <= figures[name]["mean"] <= 100
    assert figures["diversity"]["features"] > 0
    assert figures["seconds_per_picture"] >= 0
    assert figures["megabytes"] > 0
    assert len(accuracy_table(figures).splitlines()) == 2 + len(ATTRIBUTES) + 2


def test_an_evaluation_that_is_stopped_tells_nothing(trial: Trial) -> None:
    stop = Stop()
    stop.asked = True
    assert evaluate(trial, stop=stop) is None
    assert not (trial.folder / EVALUATION_FILE).exists()
