import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.tiny_pipelines import build_tiny_wan
from tests.tiny_stable_diffusion_xl import build_tiny_stable_diffusion_xl
from webui.cli.main import main
from webui.generation.model_options import Refiner
from webui.generation.request import GenerationRequest


@pytest.fixture
def folders(tiny_models_dir: Path, tmp_path: Path) -> list[str]:
    return ["--models-dir", str(tiny_models_dir), "--data-dir", str(tmp_path / "data"), "--model", "tiny"]


def test_a_picture_is_written_where_the_user_says_with_its_parameters_inside(
    folders: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "cat.png"
    assert main(["generate", *folders, "--prompt", "the cat", "--seed", "3", "--steps", "2", "--out", str(out)]) == 0
    with Image.open(out) as picture:
        assert picture.size == (64, 64)
        assert picture.text["parameters"].startswith("the cat\nSteps: 2, ")
        assert GenerationRequest.model_validate_json(picture.text["darkroom"]).seed == 3


def test_an_older_file_of_that_name_gives_way(folders: list[str], tmp_path: Path) -> None:
    out = tmp_path / "cat.png"
    out.write_text("old")
    assert main(["generate", *folders, "--steps", "1", "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["cat.png"]


def test_several_pictures_are_numbered(folders: list[str], tmp_path: Path) -> None:
    out = tmp_path / "cat.png"
    arguments = ["--steps", "1", "--batch-size", "2", "--batch-count", "2", "--out", str(out)]
    assert main(["generate", *folders, *arguments]) == 0
    assert sorted(path.name for path in tmp_path.glob("*.png")) == [f"cat-{i}.png" for i in (1, 2, 3, 4)]


def test_without_a_file_the_picture_goes_into_the_outputs_folder(
    folders: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["generate", *folders, "--steps", "1", "--seed", "9"]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path.is_relative_to(tmp_path / "data" / "outputs" / "txt2img")
    assert path.name.endswith("-9.png")


def test_json_prints_one_event_a_line(folders: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arguments = ["--json", "--steps", "3", "--out", str(tmp_path / "a.png")]
    assert main(["generate", *folders, *arguments]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    kinds = [event["type"] for event in events]
    assert kinds[0] == "started"
    assert [event["index"] for event in events if event["type"] == "step_done"] == [1, 2, 3]
    assert kinds[-3:] == ["decoding", "image_done", "finished"]
    assert events[-2]["path"] == str(tmp_path / "a.png")
    assert events[0]["request"]["seed"] >= 0


@pytest.mark.parametrize(("out", "says"), [("cat.jpg", "pictures are PNG"), ("nowhere/cat.png", "does not exist")])
def test_a_file_that_cannot_be_is_refused_before_the_work(
    folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str, says: str
) -> None:
    assert main(["generate", *folders, "--out", str(tmp_path / out)]) == 2
    assert says in capsys.readouterr().err


def test_a_failure_is_an_event_too(folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", *folders, "--json", "--steps", "0"]) == 2
    captured = capsys.readouterr()
    event = json.loads(captured.out)
    assert (event["type"], event["field"]) == ("failed", "steps")


def test_the_same_command_in_another_process_gives_the_same_bytes(
    folders: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARKROOM_PRECISION", "float32")  # as it is in this process
    here, there = tmp_path / "one.png", tmp_path / "two.png"
    command = ["generate", *folders, "--prompt", "x", "--seed", "1", "--steps", "2", "--out"]
    assert main([*command, str(here)]) == 0
    done = subprocess.run([sys.executable, "-m", "webui", *command, str(there)], check=True, capture_output=True)
    assert here.read_bytes() == there.read_bytes()
    assert done.stderr == b"", "libraries have nothing to say while they are imported"


def test_what_is_not_given_is_as_the_model_wants_it_and_a_refiner_goes_on(tmp_path: Path) -> None:
    build_tiny_stable_diffusion_xl(tmp_path / "models" / "checkpoints" / "xl")
    build_tiny_stable_diffusion_xl(tmp_path / "models" / "checkpoints" / "second", refiner=True)
    folders = ["--models-dir", str(tmp_path / "models"), "--data-dir", str(tmp_path / "data"), "--model", "xl"]
    out = tmp_path / "cat.png"
    given = ["--steps", "2", "--refiner", "second", "--refiner-switch-at", "0.5", "--out", str(out)]
    assert main(["generate", *folders, *given]) == 0
    with Image.open(out) as picture:
        request = GenerationRequest.model_validate_json(picture.text["darkroom"])
    assert (request.cfg_scale, request.schedule, request.width) == (7.0, "Karras", 64)
    assert request.refiner == Refiner(model="second", switch_at=0.5)


def test_a_share_without_a_refiner_is_refused(folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", *folders, "--refiner-switch-at", "0.5"]) == 2
    assert "needs --refiner" in capsys.readouterr().err


def test_a_film_lies_beside_its_first_frame(tmp_path: Path) -> None:
    build_tiny_wan(tmp_path / "models" / "checkpoints" / "wan")
    folders = ["--models-dir", str(tmp_path / "models"), "--data-dir", str(tmp_path / "data"), "--model", "wan"]
    asked = ["--frames", "5", "--fps", "6", "--steps", "1", "--width", "64", "--height", "64"]
    assert main(["generate", *folders, *asked, "--out", str(tmp_path / "cat.png")]) == 0
    assert b"ftyp" in (tmp_path / "cat.mp4").read_bytes()[:16]
    with Image.open(tmp_path / "cat.png") as picture:
        assert "Frames: 5, FPS: 6" in picture.text["parameters"]
