from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from webui.cli.main import main


@pytest.fixture
def models(tmp_path: Path) -> Path:
    checkpoints = tmp_path / "models" / "checkpoints"
    checkpoints.mkdir(parents=True)
    for value, name in enumerate("ab"):
        tensors = {"model.diffusion_model.input_blocks.0.0.weight": torch.full((4, 4, 3, 3), float(value))}
        save_file(tensors, checkpoints / f"{name}.safetensors")
    return tmp_path


def run(models: Path, *arguments: str) -> int:
    return main([*arguments, "--models-dir", str(models / "models"), "--data-dir", str(models / "data")])


def test_models_are_merged_by_name_or_path(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    b = str(models / "models" / "checkpoints" / "b.safetensors")
    target = models / "made" / "ab"
    assert run(models, "models", "merge", "a", b, "--weight", "0.25", "--dtype", "float32", "--out", str(target)) == 0
    (made,) = load_file(f"{target}.safetensors").values()
    assert made.unique().tolist() == [0.25]
    assert capsys.readouterr().out.strip() == f"{target}.safetensors"


def test_a_pickle_is_converted_beside_itself(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save({"state_dict": {"a": torch.ones(2)}}, models / "old.ckpt")
    assert run(models, "models", "convert", str(models / "old.ckpt")) == 0
    assert load_file(models / "old.safetensors")["a"].tolist() == [1, 1]
    assert capsys.readouterr().out.strip() == str(models / "old.safetensors")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["merge", "a", "nowhere", "--out", "x"], "no model 'nowhere'"),
        (["merge", "a", "--lora", "ink:much", "--out", "x"], "There is no LoRA 'ink'"),
        (["convert", "a.safetensors"], "no file that needs to be converted"),
        (["convert", "nowhere.ckpt"], "no file that needs to be converted"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    models: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert run(models, "models", *arguments) == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1


def test_loras_are_put_into_the_prompt(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("webui.cli.making.Making.make", lambda self, request: asked.append(request))
    run(models, "generate", "--prompt", "a boat", "--lora", "ink:0.5", "--lora", "oil", "--model", "postcard")
    assert asked[0].prompt == "a boat <lora:ink:0.5> <lora:oil>"
