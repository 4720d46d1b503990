import json
from pathlib import Path

import pytest

from tests.model_manager.catalogue.header_files import SD1, write_safetensors
from webui.cli.main import main

LORA = {"lora_unet_x_attn2_to_k.lora_down.weight": (4, 768)}


def test_a_file_tells_all_that_its_header_says(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    metadata = {"ss_tag_frequency": '{"1_ink": {"tree": 3}}', "modelspec.title": "Ink"}
    path = write_safetensors(tmp_path / "ink.safetensors", LORA, metadata=metadata)
    assert main(["models", "inspect", str(path)]) == 0
    told = capsys.readouterr().out
    for line in ("kind: lora (kohya)", "made for: SD 1.x, sd1", "trained on: tree (3)", "modelspec.title = Ink"):
        assert line in told


def test_a_folder_tells_its_parts_and_a_name_of_a_model_serves_too(
    capsys: pytest.CaptureFixture[str], tiny_models_dir: Path
) -> None:
    assert main(["models", "inspect", "tiny", "--json", "--models-dir", str(tiny_models_dir)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["parts_told"]["unet"]["class"] == "UNet2DConditionModel"
    assert told["types"].keys() == {"F32"}


def test_what_cannot_be_used_says_why_and_is_a_failure(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(b"<html>")
    assert main(["models", "inspect", str(path)]) == 1
    assert "is a web page, not a model" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["models", "inspect", str(tmp_path / "nothing.safetensors")]) != 0
    assert "There is no file" in capsys.readouterr().err


def test_other_kinds_are_listed_when_asked_for(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write_safetensors(tmp_path / "loras" / "ink.safetensors", LORA)
    write_safetensors(tmp_path / "checkpoints" / "sea.safetensors", SD1)
    assert main(["models", "list", "--kind", "lora", "--models-dir", str(tmp_path)]) == 0
    assert "ink  (lora, SD 1.x, kohya, single file, 0 MB)" in capsys.readouterr().out.splitlines()
    assert main(["models", "list", "--kind", "all", "--json", "--models-dir", str(tmp_path)]) == 0
    assert {"ink", "sea"} <= {entry["name"] for entry in json.loads(capsys.readouterr().out)}
