import json
from pathlib import Path

import pytest

from webui.cli.main import main


def test_models_are_listed_a_line_each(capsys: pytest.CaptureFixture[str], tiny_models_dir: Path) -> None:
    assert main(["models", "list", "--models-dir", str(tiny_models_dir)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("tiny-v  (stable-diffusion, diffusers") for line in lines)


def test_models_are_listed_as_json(capsys: pytest.CaptureFixture[str], tiny_models_dir: Path) -> None:
    assert main(["models", "list", "--json", "--models-dir", str(tiny_models_dir)]) == 0
    entries = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert entries["tiny"]["family"] == "stable-diffusion"
    assert entries["tiny"]["problem"] is None


def test_a_broken_model_is_listed_with_its_problem(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "broken.safetensors").write_bytes(b"<html>")
    assert main(["models", "list", "--models-dir", str(tmp_path)]) == 0
    assert "cannot be used: broken.safetensors is a web page" in capsys.readouterr().out
