from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.recorded import STEPS, Recorded, pixels, record
from webui.cli.main import main
from webui.generation.request import GenerationRequest
from webui.library.trajectory_files import read_summary


@pytest.mark.parametrize("step", ["0", "3", str(STEPS)])
def test_resuming_with_nothing_changed_gives_the_very_same_picture(
    recorded: Recorded, tmp_path: Path, step: str
) -> None:
    again = recorded.resumed(tmp_path / "again.png", "--from-step", step)
    assert np.array_equal(again, pixels(recorded.picture))


def test_a_resumed_picture_says_where_it_began(recorded: Recorded, tmp_path: Path) -> None:
    recorded.resumed(tmp_path / "again.png", "--from-step", "3", "--prompt", "a dog", "--cfg-scale", "2")
    with Image.open(tmp_path / "again.png") as image:
        request = GenerationRequest.model_validate_json(image.text["darkroom"])
        infotext = image.text["parameters"]
    trajectory = read_summary(recorded.file).header.id
    assert (request.prompt, request.negative_prompt, request.cfg_scale, request.seed) == ("a dog", "fog", 2, 5)
    assert f"Start trajectory: {trajectory}, Start step: 3" in infotext


@pytest.mark.parametrize(
    "flags",
    [
        ["--prompt", "a dog"],
        ["--negative-prompt", "a cat"],
        ["--cfg-scale", "9"],
        ["--seed", "6"],
        ["--sampler", "Euler"],
        ["--schedule", "Karras"],
        ["--steps", "9"],
        ["--model", "tiny-v"],
    ],
)
def test_whatever_is_changed_changes_the_rest_of_the_way(recorded: Recorded, tmp_path: Path, flags: list[str]) -> None:
    branch = recorded.resumed(tmp_path / "branch.png", "--from-step", "2", *flags)
    assert not np.array_equal(branch, pixels(recorded.picture))


def test_another_model_is_told_to_be_not_the_same(
    recorded: Recorded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded.resumed(tmp_path / "branch.png", "--from-step", "2", "--model", "tiny-v")
    assert "not the same" in capsys.readouterr().err


def test_a_branch_can_be_recorded_and_taken_up_again(recorded: Recorded, tmp_path: Path) -> None:
    file, parent = tmp_path / "branch.safetensors", read_summary(recorded.file).header.id
    flags = ["--from-step", "2", "--prompt", "a dog", "--trajectory", str(file)]
    branch = recorded.resumed(tmp_path / "branch.png", *flags)
    origin = read_summary(file).header.origin
    assert origin is not None
    assert (origin.trajectory, origin.step) == (parent, 2)
    again = tmp_path / "again.png"
    assert main(["trajectory", "resume", *recorded.flags, str(file), "--from-step", "4", "--out", str(again)]) == 0
    assert np.array_equal(pixels(again), branch)


def test_pictures_that_walked_together_are_taken_up_together_or_one_by_one(recorded: Recorded, tmp_path: Path) -> None:
    two = record(tmp_path, recorded.flags, "--steps", "3", "--sampler", "Euler a", "--batch-size", "2")
    resume = ["trajectory", "resume", *two.flags, str(two.file), "--from-step", "2"]
    assert main([*resume, "--out", str(tmp_path / "again.png")]) == 0
    for number in (1, 2):
        assert np.array_equal(pixels(tmp_path / f"again-{number}.png"), pixels(tmp_path / f"cat-{number}.png"))
    second = two.resumed(tmp_path / "second.png", "--from-step", "2", "--picture", "1")
    assert np.abs(second - pixels(tmp_path / "cat-2.png")).max() <= 1
