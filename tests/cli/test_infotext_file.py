import json
from pathlib import Path

import pytest
from PIL import Image

from webui.cli.infotext_file import read_parameters
from webui.cli.main import main
from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest
from webui.model_manager.catalogue import Catalogue

TEXT = "a boat\nNegative prompt: fog\nSteps: 2, Sampler: Euler, CFG scale: 4, Seed: 5, Size: 64x64, Model: elsewhere"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_of_text_is_read_in_the_encodings_of_editors(
    tiny_models_dir: Path, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "infotext.txt"
    file.write_text(TEXT, encoding=encoding)
    fields = read_parameters(file, Catalogue((tiny_models_dir,)))
    assert (fields.values["prompt"], fields.values["seed"]) == ("a boat", 5)
    assert "model" not in fields.values


@pytest.mark.parametrize("content", [b"", b"\x80\x81", b"a\0b", b'{"odd": 1}'])
def test_a_file_without_parameters_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    with pytest.raises(InvalidRequest, match="no parameters") as caught:
        read_parameters(file, Catalogue((tmp_path,)))
    assert caught.value.field == "infotext"


def test_a_picture_without_parameters_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png")
    for name, says in (("x.png", "no parameters"), ("y.png", "cannot be read")):
        with pytest.raises(InvalidRequest, match=says):
            read_parameters(tmp_path / name, Catalogue((tmp_path,)))


def test_a_picture_made_again_from_itself_is_the_same_and_flags_count_more(
    tiny_models_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["generate", "--models-dir", str(tiny_models_dir), "--data-dir", str(tmp_path / "data")]
    one, two, three = (str(tmp_path / f"{name}.png") for name in ("one", "two", "three"))
    assert main([*command, "--model", "tiny", "--prompt", "x", "--seed", "4", "--steps", "2", "--out", one]) == 0
    assert main([*command, "--infotext", one, "--out", two]) == 0
    assert Path(one).read_bytes() == Path(two).read_bytes()
    assert main([*command, "--infotext", one, "--steps", "1", "--out", three]) == 0
    with Image.open(three) as picture:
        request = GenerationRequest.parse(json.loads(picture.text["darkroom"]))
    assert (request.prompt, request.seed, request.steps) == ("x", 4, 1)


def test_what_was_left_out_is_told(tiny_models_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    command = ["generate", "--models-dir", str(tiny_models_dir), "--data-dir", str(tmp_path), "--model", "tiny"]
    assert main([*command, "--infotext", str(tmp_path / "a.txt"), "--out", str(tmp_path / "a.png")]) == 0
    assert "The model 'elsewhere' is not here" in capsys.readouterr().err
