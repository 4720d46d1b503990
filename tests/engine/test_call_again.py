"""Calls of recorded walks made once more: what comes out is what was recorded, whatever the walk was."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from tests.engine.studio import STEPS, Studio
from webui.engine.open_recordings import OpenRecording
from webui.errors import ViewUnavailable
from webui.generation.ways import FromPicture, FromStep, Hires, Mask


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


def test_a_recording_with_a_mask_can_be_looked_at_with_a_model_that_sees_none(studio: Studio) -> None:
    picture = studio.inputs.add(Image.effect_noise((64, 64), 80).convert("RGB"))
    recording = studio.walked(start=FromPicture(picture=picture), model="tiny-inpaint")
    assert len(studio.again(recording, 1, model="tiny").words[0]) == 2
    with pytest.raises(ViewUnavailable, match="sees a mask"):
        studio.again(studio.walked(), 1, model="tiny-inpaint")


def test_seamless_edges_are_seamless_again(studio: Studio) -> None:
    _check_all(studio, studio.walked(tiling=True))
