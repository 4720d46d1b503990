"""Recordings that real walks left, opened to be looked at."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from webui.engine.events import ImageDone
from webui.engine.generate import Generator, create
from webui.engine.looks import LookAttention, LookStep, LookStrip, StripView
from webui.engine.open_recordings import OpenRecordings
from webui.engine.worker_control import JobControl
from webui.errors import ViewUnavailable
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture
from webui.library.inputs import InputStore
from webui.library.trajectory_files import TrajectoryFiles


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def generator(tiny_models_dir: Path, data_dir: Path) -> Generator:
    return create([tiny_models_dir], data_dir)


@pytest.fixture(scope="module")
def still(generator: Generator, data_dir: Path) -> str:
    """The recording of a walk of no steps: a picture at strength 0, twice."""
    picture = InputStore(data_dir).add(Image.effect_noise((64, 64), 80).convert("RGB"))
    request = GenerationRequest(
        prompt="the cat", seed=3, steps=5, width=64, height=64, model="tiny", batch_size=2,
        start=FromPicture(picture=picture, strength=0.0),
    )  # fmt: skip
    events = [event for event, _ in generator.run("job", request, JobControl(), record="steps")]
    (trajectory,) = {event.trajectory for event in events if isinstance(event, ImageDone)}
    return trajectory


def test_a_walk_of_no_steps_has_one_state(data_dir: Path, still: str) -> None:
    recording = OpenRecordings(TrajectoryFiles(data_dir)).open(still)
    states = recording.states(1)
    assert recording.trajectory.positions == 0
    assert (len(states.noisy), len(states.clean), len(states.noise)) == (1, 1, 0)
    assert torch.equal(states.noisy[0], recording.trajectory.passes[0].start[1].float())
    assert torch.equal(states.clean[0], states.noisy[0])


@pytest.mark.parametrize("view", ["xt", "x0", "channels"])
def test_its_strips_have_one_cell(generator: Generator, still: str, view: StripView) -> None:
    answered = generator.look(LookStrip(trajectory=still, picture=1, view=view))
    assert answered.values["cells"] == 1
    with Image.open(io.BytesIO(answered.parts[0])) as image:
        assert np.asarray(image)[:8, :8].std() > 0


@pytest.mark.parametrize("view", ["delta", "noise", "guidance"])
def test_views_of_its_steps_say_that_there_are_none(generator: Generator, still: str, view: StripView) -> None:
    with pytest.raises(ViewUnavailable, match="no steps"):
        generator.look(LookStrip(trajectory=still, view=view))


def test_so_do_the_words_and_the_guidance_of_a_step(generator: Generator, still: str) -> None:
    for question in (
        LookAttention(trajectory=still, step=0, model="tiny"),
        LookStep(trajectory=still, step=0, view="guidance", model="tiny"),
    ):
        with pytest.raises(ViewUnavailable, match="no steps"):
            generator.look(question)


def test_its_one_position_is_shown_at_its_full_size(generator: Generator, still: str) -> None:
    for view in ("x0", "xt"):
        answered = generator.look(LookStep(trajectory=still, step=0, view=view, model="tiny"))
        assert answered.values["width"] == 64
