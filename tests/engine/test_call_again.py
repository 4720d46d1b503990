"""Calls of recorded walks made once more: what comes out is what was recorded, whatever the walk was."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from webui.engine.call_again import MOST_TRIED, CallAgain
from webui.engine.events import ImageDone
from webui.engine.generate import Generator, create
from webui.engine.looks import LookAttention
from webui.engine.open_recordings import OpenRecording
from webui.engine.trajectory_file import load
from webui.engine.worker_control import JobControl
from webui.errors import LookGivenUp, ViewUnavailable
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, FromStep, Hires, Mask
from webui.library.inputs import InputStore
from webui.library.trajectory_files import TrajectoryFiles
from webui.model_manager.loading import exhausted
from webui.model_manager.manager import ModelManager

STEPS = 5
BUNDLED = Path(__file__).parents[2] / "models"


class Studio:
    """Walks with the tiny models, recorded with guidance, and their calls again."""

    def __init__(self, models_dir: Path, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.inputs = InputStore(data_dir)
        self.generator = create([models_dir], data_dir)
        self._manager = ModelManager(models_dirs=(models_dir,), data_dir=data_dir, device=torch.device("cpu"))
        self._jobs = 0

    def walked(self, **asked: Any) -> OpenRecording:
        fields = {
            "prompt": "the cat", "seed": 3, "steps": STEPS, "width": 64, "height": 64, "model": "tiny",
            "cfg_scale": 5.0, **asked,
        }  # fmt: skip
        return self.recorded(self.generator, GenerationRequest(**fields))

    def recorded(self, generator: Generator, request: GenerationRequest) -> OpenRecording:
        self._jobs += 1
        events = generator.run(f"job{self._jobs}", request, JobControl(), record="guidance")
        (trajectory,) = {event.trajectory for event, _ in events if isinstance(event, ImageDone)}
        return OpenRecording(load(TrajectoryFiles(self.data_dir).path(trajectory)))

    def again(self, recording: OpenRecording, step: int, picture: int = 0, model: str | None = None) -> CallAgain:
        family = exhausted(self._manager.load(model or recording.trajectory.header.model.name)).family
        return CallAgain(recording, picture, step, family=family, embeddings=lambda name: None)

    def words(self, recording: OpenRecording, step: int) -> list[str]:
        return [word.text for word in self.again(recording, step).words()]


@pytest.fixture(scope="module")
def studio(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tiny_models_dir, tmp_path_factory.mktemp("data"))


def _check_all(studio: Studio, recording: OpenRecording, picture: int = 0) -> None:
    parts = [part for each in recording.trajectory.passes for part in each.parts]
    assert len(parts) == recording.trajectory.positions
    for step, recorded in enumerate(parts):
        said = studio.again(recording, step, picture).parts()
        for ours, theirs in zip(said, recorded, strict=True):
            assert torch.allclose(ours, theirs[picture].float(), atol=2e-4), step


@pytest.mark.parametrize("sampler", ["Euler a", "DPM++ 2M", "Heun", "DDIM"])
def test_a_call_says_again_what_was_recorded(studio: Studio, sampler: str) -> None:
    _check_all(studio, studio.walked(sampler=sampler, batch_size=2, negative_prompt="a b"), picture=1)


@pytest.mark.parametrize(
    "prompt", ["a [cat:dog:0.5] b", "[a|b] c", "a cat AND the dog:0.5", "(a:1.4) [b] BREAK c", "the " * 80 + "cat"]
)
def test_whatever_the_prompt_is(studio: Studio, prompt: str) -> None:
    _check_all(studio, studio.walked(prompt=prompt))


def test_in_the_second_pass_too(studio: Studio) -> None:
    hires = Hires(scale=1.5, strength=0.6, prompt="a [dog:cow:1.5]")
    recording = studio.walked(hires=hires)
    _check_all(studio, recording)
    assert studio.words(recording, STEPS) == ["a", "dog"]
    assert studio.words(recording, recording.trajectory.positions - 1) == ["a", "cow"]


def test_from_a_picture_and_with_a_mask(studio: Studio) -> None:
    picture = studio.inputs.add(Image.effect_noise((64, 64), 80).convert("RGB"))
    _check_all(studio, studio.walked(start=FromPicture(picture=picture, strength=0.7), prompt="[a:b:0.5]"))
    mask = Image.new("L", (64, 64))
    mask.paste(255, (0, 0, 32, 64))
    masked = Mask(picture=studio.inputs.add(mask))
    recording = studio.walked(start=FromPicture(picture=picture), mask=masked, model="tiny-inpaint")
    _check_all(studio, recording)


def test_after_a_branch_along_another_schedule(studio: Studio) -> None:
    parent = studio.walked(prompt="a [cat:dog:0.5] b", sampler="Euler").trajectory.header.id
    start = FromStep(trajectory=parent, step=2)
    recording = studio.walked(start=start, prompt="a [cow:owl:0.6] b", sampler="DPM++ 2M", steps=8)
    begun = len(recording.trajectory.passes[0].predictions)
    parts = [part for each in recording.trajectory.passes for part in each.parts]
    for step in range(begun, len(parts)):
        said = studio.again(recording, step).parts()
        assert torch.allclose(said[0], parts[step][0][0], atol=2e-4), step


def test_without_guidance_there_is_no_difference(studio: Studio) -> None:
    conditional, negative = studio.again(studio.walked(cfg_scale=1.0), 2).parts()
    assert torch.equal(conditional, negative)


def test_the_words_are_those_that_hold_at_the_call(studio: Studio) -> None:
    recording = studio.walked(prompt="a [cat:dog:2] b")
    said = [studio.words(recording, step) for step in range(STEPS + 1)]
    assert said == [["a", "cat", "b"]] * 3 + [["a", "dog", "b"]] * 3


def test_the_words_of_all_parts_are_there(studio: Studio) -> None:
    recording = studio.walked(prompt="the cat AND a dog:0.5")
    assert studio.words(recording, 1) == ["the", "cat", "a", "dog"]
    shares = [word.share for word in studio.again(recording, 1).influences()]
    assert len(shares) == 4
    assert sum(shares) == pytest.approx(1.0)


def test_of_a_long_prompt_so_many_words_are_tried_as_an_encoder_reads_at_once(studio: Studio) -> None:
    recording = studio.walked(prompt=" ".join(["cat"] * (MOST_TRIED + 10)))
    again = studio.again(recording, 1)
    assert (len(again.influences()), again.untried) == (MOST_TRIED, 10)


def test_words_are_not_tried_on_when_nobody_waits(studio: Studio) -> None:
    with pytest.raises(LookGivenUp):
        studio.again(studio.walked(), 1).influences(lambda: False)


def test_an_empty_prompt_has_no_words(studio: Studio) -> None:
    again = studio.again(studio.walked(prompt=""), 1)
    assert again.words() == again.influences() == []


def test_a_recording_with_a_mask_can_be_looked_at_with_a_model_that_sees_none(studio: Studio) -> None:
    picture = studio.inputs.add(Image.effect_noise((64, 64), 80).convert("RGB"))
    recording = studio.walked(start=FromPicture(picture=picture), model="tiny-inpaint")
    assert len(studio.again(recording, 1, model="tiny").words()) == 2
    with pytest.raises(ViewUnavailable, match="sees a mask"):
        studio.again(studio.walked(), 1, model="tiny-inpaint")


def test_seamless_edges_are_seamless_again(studio: Studio) -> None:
    _check_all(studio, studio.walked(tiling=True))


@pytest.mark.parametrize("side", ["left", "right"])
def test_on_the_bundled_model_a_word_changes_the_picture_where_it_is_painted(tmp_path: Path, side: str) -> None:
    generator = create([BUNDLED], tmp_path)
    request = GenerationRequest(prompt=f"a lighthouse at night, moon on the {side}", seed=1, steps=8, model="postcard")
    events = list(generator.run("job", request, JobControl(), record="steps"))
    (trajectory,) = [event.trajectory for event, _ in events if isinstance(event, ImageDone)]
    shares = []
    for step in (1, 3, 5):
        answered = generator.look(LookAttention(trajectory=trajectory, step=step, model="postcard", of="influence"))
        place = next(each["index"] for each in answered.values["words"] if each["text"] == "moon")
        shares.append(_left(answered.parts[0], place) if side == "left" else 1 - _left(answered.parts[0], place))
    assert np.mean(shares) > 0.6, shares


def _left(png: bytes, place: int) -> float:
    """The share of a cell's light that lies in its left half."""
    maps = np.asarray(Image.open(io.BytesIO(png))).astype(float)
    cell = maps[place // 8 * 32 :, place % 8 * 32 :][:32, :32]
    return float(cell[:, :16].sum() / cell.sum())
