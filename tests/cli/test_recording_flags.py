from pathlib import Path

import pytest

from tests.cli.recorded import STEPS, Recorded, pixels, record
from webui.cli.main import main
from webui.library.library import Library
from webui.library.trajectories import Trajectories
from webui.library.trajectory_files import read_summary


def test_a_walk_is_recorded_to_the_file_that_was_named_and_nowhere_else(recorded: Recorded) -> None:
    summary = read_summary(recorded.file)
    assert summary.complete
    assert summary.positions == STEPS
    assert (summary.header.request.prompt, summary.header.seeds) == ("the cat", (5,))
    assert sorted(path.name for path in recorded.folder.iterdir()) == ["cat.png", "cat.safetensors"]
    assert not list((recorded.data / "trajectories").glob("*"))


def test_pictures_of_the_outputs_folder_are_recorded_and_connected(tiny_models_dir: Path, tmp_path: Path) -> None:
    folders = ["--models-dir", str(tiny_models_dir), "--data-dir", str(tmp_path), "--model", "tiny"]
    assert main(["generate", *folders, "--steps", "2", "--seed", "3"]) == 0
    (file,) = (tmp_path / "trajectories").glob("*.safetensors")
    assert read_summary(file).positions == 2
    library = Library(tmp_path)
    (picture,) = library.recent(5, None)
    assert Trajectories(library.database, tmp_path).of_picture(picture.id) == (file.stem, 0)
    library.close()
    assert main(["generate", *folders, "--steps", "2", "--seed", "4", "--record", "off"]) == 0
    assert len(list((tmp_path / "trajectories").glob("*.safetensors"))) == 1


def test_a_recording_that_cannot_be_written_does_not_cost_the_picture(
    recorded: Recorded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cat.safetensors"
    (tmp_path / f".{file.name}.journal").mkdir()
    flags = ["--model", "tiny", "--steps", "2", "--out", str(tmp_path / "cat.png"), "--trajectory", str(file)]
    assert main(["generate", *recorded.flags, *flags]) == 2
    told = capsys.readouterr().err
    assert "The recording of the steps was dropped: " in told
    assert "their recording could not be written" in told
    assert pixels(tmp_path / "cat.png").shape == (64, 64, 3)


def test_guidance_is_recorded_when_it_is_asked_for(recorded: Recorded, tmp_path: Path) -> None:
    guided = record(tmp_path, recorded.flags, "--steps", "2", "--record", "guidance")
    assert read_summary(guided.file).header.guidance
    assert not read_summary(recorded.file).header.guidance


def test_several_walks_are_numbered(recorded: Recorded, tmp_path: Path) -> None:
    record(tmp_path, recorded.flags, "--steps", "1", "--batch-count", "2")
    assert sorted(path.name for path in tmp_path.glob("*.safetensors")) == ["cat-1.safetensors", "cat-2.safetensors"]
