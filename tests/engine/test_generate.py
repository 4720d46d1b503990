import io
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from webui.engine.events import Decoding, Event, ImageDone, ModelLoading, StepDone
from webui.engine.generate import Generator, create
from webui.errors import GenerationFailed, ModelNotFound
from webui.generation.request import GenerationRequest

REQUEST = GenerationRequest(prompt="the cat", seed=3, steps=4, width=64, height=64, model="tiny")


class Wishes:
    """What the user wants after a number of steps."""

    def __init__(self, *, interrupt_after: int = 10**6, skip_after: int = 10**6) -> None:
        self.steps = 0
        self._interrupt_after = interrupt_after
        self._skip_after = skip_after

    @property
    def interrupted(self) -> bool:
        return self.steps >= self._interrupt_after

    def take_skip(self) -> bool:
        return self.steps == self._skip_after


@pytest.fixture(scope="module")
def generator(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator:
    return create([tiny_models_dir], tmp_path_factory.mktemp("data"))


def _run(generator: Generator, request: GenerationRequest, wishes: Wishes | None = None) -> list[Event]:
    wishes = wishes or Wishes()
    events = []
    for event, _ in generator.run("job", request, wishes):
        wishes.steps += isinstance(event, StepDone)
        events.append(event)
    return events


def test_a_job_tells_loading_each_step_decoding_and_the_picture_in_order(tiny_models_dir: Path, tmp_path: Path) -> None:
    kinds = [type(event) for event in _run(create([tiny_models_dir], tmp_path), REQUEST)]
    loading = kinds.count(ModelLoading)
    assert loading >= 4
    assert kinds == [ModelLoading] * loading + [StepDone] * 4 + [Decoding, ImageDone]


def test_each_step_comes_with_a_small_preview_of_each_picture(generator: Generator) -> None:
    request = REQUEST.with_changes(batch_size=2)
    previews = [preview for event, preview in generator.run("job", request, Wishes()) if isinstance(event, StepDone)]
    assert [preview.shape for preview in previews if preview is not None] == [(2, 8, 8, 3)] * 4


def test_the_same_request_gives_the_same_bytes(generator: Generator, tiny_models_dir: Path, tmp_path: Path) -> None:
    first, again, elsewhere = (
        _run(each, REQUEST)[-1].png for each in (generator, generator, create([tiny_models_dir], tmp_path))
    )
    assert first == again == elsewhere


def test_a_picture_carries_the_infotext_and_the_request_that_makes_it_alone(generator: Generator) -> None:
    request = REQUEST.with_changes(batch_size=2, batch_count=2)
    pictures = [event for event in _run(generator, request) if isinstance(event, ImageDone)]
    assert [picture.seed for picture in pictures] == [3, 4, 5, 6]
    assert [picture.index for picture in pictures] == [0, 1, 2, 3]
    texts = Image.open(io.BytesIO(pictures[2].png)).text
    assert texts["parameters"] == pictures[2].infotext
    alone = GenerationRequest.parse(json.loads(texts["darkroom"]))
    assert alone == REQUEST.with_changes(seed=5)
    (again,) = (event for event in _run(generator, alone) if isinstance(event, ImageDone))
    one, other = (np.asarray(Image.open(io.BytesIO(png))).astype(int) for png in (again.png, pictures[2].png))
    assert np.abs(one - other).max() <= 1


def test_an_interrupt_takes_effect_within_one_step(generator: Generator) -> None:
    events = _run(generator, REQUEST.with_changes(steps=20, batch_count=3), Wishes(interrupt_after=3))
    assert [type(event) for event in events] == [StepDone] * 3


def test_a_skip_ends_the_batch_and_goes_on_with_the_next(generator: Generator) -> None:
    events = _run(generator, REQUEST.with_changes(batch_count=2), Wishes(skip_after=2))
    steps = [(event.batch, event.index) for event in events if isinstance(event, StepDone)]
    assert steps == [(0, 1), (0, 2), (1, 1), (1, 2), (1, 3), (1, 4)]
    assert [event.index for event in events if isinstance(event, ImageDone)] == [1]


def test_an_unknown_model_is_a_sentence_and_the_next_job_works(generator: Generator) -> None:
    with pytest.raises(ModelNotFound, match="no model 'nope'"):
        _run(generator, REQUEST.with_changes(model="nope"))
    assert isinstance(_run(generator, REQUEST)[-1], ImageDone)


def test_a_walk_into_nothing_is_told_with_its_step_and_the_next_job_works(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(generator, REQUEST)
    family = generator._manager.loaded.family  # type: ignore[union-attr]
    calls = []

    def predict(latents: torch.Tensor, timestep: torch.Tensor, embeddings: torch.Tensor) -> torch.Tensor:
        calls.append(timestep)
        return latents * (torch.nan if len(calls) == 2 else 1.0)

    with monkeypatch.context() as patch:
        patch.setattr(family, "predict", predict)
        with pytest.raises(GenerationFailed, match="lost at step 2"):
            _run(generator, REQUEST)
    assert isinstance(_run(generator, REQUEST)[-1], ImageDone)


def test_warming_up_loads_the_default_model(tiny_models_dir: Path, tmp_path: Path) -> None:
    generator = create([tiny_models_dir], tmp_path)
    assert generator.describe()["model"] is None
    generator.warm_up()
    assert generator.describe()["model"] == "tiny"
    assert not any(isinstance(event, ModelLoading) for event in _run(generator, REQUEST))
