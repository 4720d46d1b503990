import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tests.engine.recordings import write_recording
from webui.cli.main import main
from webui.generation.exported_steps import ExportedStep, View
from webui.generation.infotext_reader import read_infotext
from webui.generation.request import GenerationRequest
from webui.imaging.metadata import embedded_text
from webui.library.library import Library
from webui.library.trajectories import Trajectories
from webui.library.trajectory_files import read_summary
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.fingerprint import fingerprint

STEPS = 6


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def folders(tiny_models_dir: Path, data: Path) -> list[str]:
    return ["--models-dir", str(tiny_models_dir), "--data-dir", str(data)]


@pytest.fixture(scope="module")
def made(folders: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `cat.png` and the recording of its walk, `cat.safetensors`, by a sampler that draws noise."""
    folder = tmp_path_factory.mktemp("made")
    flags = ["--prompt", "the cat", "--negative-prompt", "fog", "--seed", "5", "--steps", str(STEPS)]
    flags += ["--sampler", "DPM++ 2M SDE", "--cfg-scale", "4", "--model", "tiny"]
    files = ["--out", str(folder / "cat.png"), "--trajectory", str(folder / "cat.safetensors")]
    assert main(["generate", *folders, *flags, *files]) == 0
    return folder


def _pixels(file: Path) -> np.ndarray:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def _resumed(folders: list[str], made: Path, out: Path, *flags: str) -> np.ndarray:
    file = str(made / "cat.safetensors")
    assert main(["trajectory", "resume", *folders, file, "--out", str(out), *flags]) == 0
    return _pixels(out)


def _exported(folders: list[str], made: Path, out: Path, what: str, *flags: str) -> Path:
    file = str(made / "cat.safetensors")
    assert main(["trajectory", "export", *folders, file, "--what", what, "--out", str(out), *flags]) == 0
    assert [path.name for path in out.parent.iterdir() if path.name.startswith(".")] == []
    return out


def test_a_walk_is_recorded_to_the_file_that_was_named_and_nowhere_else(made: Path, data: Path) -> None:
    summary = read_summary(made / "cat.safetensors")
    assert summary.complete
    assert summary.positions == STEPS
    assert (summary.header.request.prompt, summary.header.seeds) == ("the cat", (5,))
    assert sorted(path.name for path in made.iterdir()) == ["cat.png", "cat.safetensors"]
    assert not list((data / "trajectories").glob("*"))


def test_info_tells_what_was_recorded(made: Path, folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trajectory", "info", *folders, str(made / "cat.safetensors")]) == 0
    told = capsys.readouterr().out
    for part in ("the cat", "fog", "0 (seed 5)", "tiny (stable-diffusion); the same weights are here", "0 to 6"):
        assert part in told
    assert f"DPM++ 2M SDE, Automatic, {STEPS} steps, {STEPS} calls" in told
    assert "on cpu in float32" in told


def test_info_as_json_has_everything_but_the_tensors(
    made: Path, folders: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trajectory", "info", *folders, str(made / "cat.safetensors"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["positions"], told["complete"], told["model_state"]) == (STEPS, True, "same")
    assert len(told["sigmas"]) == STEPS + 1
    assert told["header"]["request"]["cfg_scale"] == 4


def test_info_needs_no_torch(made: Path, folders: list[str]) -> None:
    code = "import sys; from webui.cli.main import main; main(sys.argv[1:]); sys.exit('torch' in sys.modules)"
    command = [sys.executable, "-c", code, "trajectory", "info", *folders, str(made / "cat.safetensors")]
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.parametrize("step", ["0", "3", str(STEPS)])
def test_resuming_with_nothing_changed_gives_the_very_same_picture(
    folders: list[str], made: Path, tmp_path: Path, step: str
) -> None:
    again = _resumed(folders, made, tmp_path / "again.png", "--from-step", step)
    assert np.array_equal(again, _pixels(made / "cat.png"))


def test_a_resumed_picture_says_where_it_began(folders: list[str], made: Path, tmp_path: Path) -> None:
    _resumed(folders, made, tmp_path / "again.png", "--from-step", "3", "--prompt", "a dog", "--cfg-scale", "2")
    with Image.open(tmp_path / "again.png") as image:
        request = GenerationRequest.model_validate_json(image.text["darkroom"])
        infotext = image.text["parameters"]
    trajectory = read_summary(made / "cat.safetensors").header.id
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
def test_whatever_is_changed_changes_the_rest_of_the_way(
    folders: list[str], made: Path, tmp_path: Path, flags: list[str]
) -> None:
    branch = _resumed(folders, made, tmp_path / "branch.png", "--from-step", "2", *flags)
    assert not np.array_equal(branch, _pixels(made / "cat.png"))


def test_another_model_is_told_to_be_not_the_same(
    folders: list[str], made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _resumed(folders, made, tmp_path / "branch.png", "--from-step", "2", "--model", "tiny-v")
    assert "not the same" in capsys.readouterr().err


def test_a_branch_can_be_recorded_and_taken_up_again(folders: list[str], made: Path, tmp_path: Path) -> None:
    file, parent = tmp_path / "branch.safetensors", read_summary(made / "cat.safetensors").header.id
    flags = ["--from-step", "2", "--prompt", "a dog", "--trajectory", str(file)]
    branch = _resumed(folders, made, tmp_path / "branch.png", *flags)
    origin = read_summary(file).header.origin
    assert origin is not None
    assert (origin.trajectory, origin.step) == (parent, 2)
    again = tmp_path / "again.png"
    assert main(["trajectory", "resume", *folders, str(file), "--from-step", "4", "--out", str(again)]) == 0
    assert np.array_equal(_pixels(again), branch)


def test_the_last_step_is_the_picture_itself(folders: list[str], made: Path, tmp_path: Path) -> None:
    for view in ("x0", "xt"):
        out = _exported(folders, made, tmp_path / f"{view}.png", "frame", "--view", view, "--step", str(STEPS))
        assert np.array_equal(_pixels(out), _pixels(made / "cat.png"))
        told = ExportedStep.read(read_infotext(embedded_text(out.read_bytes()).infotext or "").left_over)
        trajectory = read_summary(made / "cat.safetensors").header.id
        assert told == ExportedStep(trajectory, 0, STEPS, STEPS, View(view))


def test_every_form_can_be_exported(folders: list[str], made: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(_exported(folders, made, tmp_path / "steps.zip", "frames")) as archive:
        assert len(archive.namelist()) == STEPS + 1
        with Image.open(io.BytesIO(archive.read(archive.namelist()[-1]))) as last:
            assert np.array_equal(np.asarray(last), _pixels(made / "cat.png"))
    for what in ("gif", "webp"):
        with Image.open(_exported(folders, made, tmp_path / f"film.{what}", what, "--fps", "4")) as film:
            assert (film.n_frames, film.size) == (STEPS + 1, (64, 64))
    with av.open(str(_exported(folders, made, tmp_path / "film.mp4", "mp4"))) as film:
        assert sum(1 for _ in film.decode(video=0)) >= STEPS + 1
    sheet = _exported(folders, made, tmp_path / "sheet.png", "contact-sheet")
    assert _pixels(sheet).size > (STEPS + 1) * 64 * 64 * 3
    infotext = embedded_text(sheet.read_bytes()).infotext or ""
    assert f"Exported steps: 0 to {STEPS} of {STEPS}" in infotext


def test_one_step_alone_can_be_taken_out(folders: list[str], made: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(_exported(folders, made, tmp_path / "steps.zip", "frames", "--step", "2")) as archive:
        assert archive.namelist() == [f"5-step-002-of-{STEPS:03d}-x0.png"]


def test_a_walk_of_two_passes_is_exported_and_taken_up_in_either(
    folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--prompt", "the cat", "--seed", "5", "--steps", "4", "--hires-scale", "1.5", "--hires-strength", "0.5"]
    files = ["--out", str(tmp_path / "cat.png"), "--trajectory", str(tmp_path / "cat.safetensors")]
    assert main(["generate", *folders, "--model", "tiny", *flags, *files]) == 0
    last = read_summary(tmp_path / "cat.safetensors").positions
    assert last > 4
    for step in (2, 5):
        _resumed(folders, tmp_path, tmp_path / "again.png", "--from-step", str(step))
        assert np.array_equal(_pixels(tmp_path / "again.png"), _pixels(tmp_path / "cat.png"))
    with zipfile.ZipFile(_exported(folders, tmp_path, tmp_path / "steps.zip", "frames")) as archive:
        sizes = [Image.open(io.BytesIO(archive.read(name))).size for name in archive.namelist()]
    assert sizes == [(64, 64)] * 4 + [(96, 96)] * (last - 3)
    with Image.open(_exported(folders, tmp_path, tmp_path / "film.gif", "gif")) as film:
        assert (film.n_frames, film.size) == (last + 1, (96, 96))
    assert main(["trajectory", "info", *folders, str(tmp_path / "cat.safetensors")]) == 0
    assert "64 x 64, then 96 x 96" in capsys.readouterr().out


def test_pictures_that_walked_together_are_taken_up_together_or_one_by_one(folders: list[str], tmp_path: Path) -> None:
    flags = ["--prompt", "the cat", "--seed", "5", "--steps", "3", "--sampler", "Euler a", "--batch-size", "2"]
    files = ["--out", str(tmp_path / "cat.png"), "--trajectory", str(tmp_path / "cat.safetensors")]
    assert main(["generate", *folders, "--model", "tiny", *flags, *files]) == 0
    resume = ["trajectory", "resume", *folders, str(tmp_path / "cat.safetensors"), "--from-step", "2"]
    assert main([*resume, "--out", str(tmp_path / "again.png")]) == 0
    for number in (1, 2):
        assert np.array_equal(_pixels(tmp_path / f"again-{number}.png"), _pixels(tmp_path / f"cat-{number}.png"))
    assert main([*resume, "--picture", "1", "--out", str(tmp_path / "second.png")]) == 0
    assert np.abs(_pixels(tmp_path / "second.png") - _pixels(tmp_path / "cat-2.png")).max() <= 1


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
    folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cat.safetensors"
    (tmp_path / f".{file.name}.journal").mkdir()
    flags = ["--model", "tiny", "--steps", "2", "--out", str(tmp_path / "cat.png"), "--trajectory", str(file)]
    assert main(["generate", *folders, *flags]) == 2
    told = capsys.readouterr().err
    assert "The recording of the steps was dropped: " in told
    assert "their recording could not be written" in told
    assert _pixels(tmp_path / "cat.png").shape == (64, 64, 3)


def test_guidance_is_recorded_when_it_is_asked_for(folders: list[str], tmp_path: Path) -> None:
    flags = ["--model", "tiny", "--prompt", "the cat", "--steps", "2", "--record", "guidance"]
    files = ["--out", str(tmp_path / "cat.png"), "--trajectory", str(tmp_path / "cat.safetensors")]
    assert main(["generate", *folders, *flags, *files]) == 0
    assert read_summary(tmp_path / "cat.safetensors").header.guidance


def _refused(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> str:
    """The one line of a command that ends with exit code 2."""
    capsys.readouterr()
    try:
        code = main(arguments)
    except SystemExit as ended:
        code = ended.code
    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert "Traceback" not in told.err
    assert told.err.count("\n") == 1
    return told.err


def _damaged(made: Path, tmp_path: Path, how: str) -> Path:
    content = (made / "cat.safetensors").read_bytes()
    file = tmp_path / "bad.safetensors"
    match how:
        case "truncated":
            file.write_bytes(content[: len(content) // 2])
        case "empty":
            file.write_bytes(b"")
        case "picture":
            shutil.copy(made / "cat.png", file)
        case "foreign":
            head = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
            file.write_bytes(len(head).to_bytes(8, "little") + head + bytes(4))
        case "edited":
            file.write_bytes(content.replace(b"DPM++ 2M SDE", b"DPM++ 2M XYZ"))
        case "oversized":
            with file.open("wb") as sparse:
                sparse.truncate(3 * 2**30)
        case "folder":
            file.mkdir()
    return file


@pytest.mark.parametrize(
    "how", ["truncated", "empty", "picture", "foreign", "edited", "oversized", "folder", "missing"]
)
@pytest.mark.parametrize("action", ["info", "export", "resume"])
def test_a_file_that_is_no_sound_recording_is_one_line(
    folders: list[str], made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str, action: str
) -> None:
    file = _damaged(made, tmp_path, how)
    more = {
        "info": [],
        "export": ["--what", "gif", "--out", str(tmp_path / "a.gif")],
        "resume": ["--from-step", "1", "--out", str(tmp_path / "a.png")],
    }
    told = _refused(capsys, ["trajectory", action, *folders, str(file), *more[action]])
    says = {"truncated": "truncated", "oversized": "too large", "folder": "it is a folder", "missing": "no such file"}
    assert "bad.safetensors" in told
    assert says.get(how, "bad.safetensors") in told
    assert not list(tmp_path.glob("a.*"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["export", "FILE", "--what", "frame", "--step", "99", "--out", "a.png"], "the recording has steps 0 to 6"),
        (["export", "FILE", "--what", "frame", "--step", "-1", "--out", "a.png"], "the recording has steps 0 to 6"),
        (["export", "FILE", "--what", "frame", "--out", "a.png"], "none is named"),
        (["export", "FILE", "--what", "gif", "--picture", "1", "--out", "a.gif"], "pictures 0 to 0"),
        (["export", "FILE", "--what", "gif", "--fps", "0", "--out", "a.gif"], "0.5 to 60"),
        (["export", "FILE", "--what", "bmp", "--out", "a.bmp"], "invalid choice"),
        (["export", "FILE", "--what", "gif", "--out", "a.png"], "End its name in .gif"),
        (["export", "FILE", "--what", "gif", "--out", "nowhere/a.gif"], "does not exist"),
        (["export", "FILE", "--what", "gif", "--out", "taken.gif"], "it is a folder"),
        (["export", "FILE", "--what", "gif", "--out", "a.gif", "--model", "nowhere"], "There is no model 'nowhere'"),
        (["export", "FILE", "--what", "gif", "--out", "a.gif", "--step", "many"], "invalid int"),
        (["resume", "FILE", "--from-step", "99", "--out", "a.png"], "from-step: 99 cannot be used: the recording has"),
        (["resume", "FILE", "--from-step", "-1", "--out", "a.png"], "from-step: -1 cannot be used"),
        (["resume", "FILE", "--from-step", "1", "--picture", "3", "--out", "a.png"], "pictures 0 to 0"),
        (["resume", "FILE", "--from-step", "1", "--sampler", "Magic", "--out", "a.png"], "there is no sampler 'Magic'"),
        (["resume", "FILE", "--from-step", "1", "--cfg-scale", "x", "--out", "a.png"], "cfg_scale"),
        (["resume", "FILE", "--from-step", "1", "--model", "nowhere", "--out", "a.png"], "no model 'nowhere'"),
        (["resume", "FILE", "--from-step", "1", "--out", "a.jpg"], "pictures are PNG"),
        (["resume", "FILE", "--from-step", "1", "--out", "nowhere/a.png"], "does not exist"),
        (["resume", "FILE", "--from-step", "1", "--out", "a.png", "--trajectory", "FILE"], "cannot take the place"),
        (["resume", "FILE", "--from-step", "1", "--out", "a.png", "--trajectory", "a.bin"], "End its name in"),
        (["resume", "FILE", "--from-step", "1", "--out", "a.png", "--trajectory", "no/a.safetensors"], "not exist"),
        (["resume", "FILE", "--from-step", "1", "--out", "a.png", "--trajectory", "b.safetensors", "--record", "off"],
         "nothing is recorded"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_line(
    folders: list[str],
    made: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    says: str,
) -> None:
    (tmp_path / "taken.gif").mkdir()
    monkeypatch.chdir(tmp_path)
    given = [{"FILE": str(made / "cat.safetensors")}.get(argument, argument) for argument in arguments]
    assert says in _refused(capsys, ["trajectory", given[0], *folders, *given[1:]])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["taken.gif"]


@pytest.mark.parametrize(("model", "says"), [("lost", "is gone"), ("tiny", "other weights")])
def test_a_checkpoint_that_is_not_the_same_is_told_and_another_is_offered(
    folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], model: str, says: str
) -> None:
    file = write_recording(tmp_path, steps=3, model=model, fingerprint="f" * 32)
    actions = {
        "export": ["--what", "frame", "--step", "1", "--out", str(tmp_path / "a.png")],
        "resume": ["--from-step", "1", "--out", str(tmp_path / "b.png")],
    }
    for action, flags in actions.items():
        told = _refused(capsys, ["trajectory", action, *folders, str(file), *flags])
        assert says in told
        assert "--model" in told
        assert main(["trajectory", action, *folders, str(file), *flags, "--model", "tiny"]) == 0
        assert "not the same" in capsys.readouterr().err
    assert main(["trajectory", "info", *folders, str(file)]) == 0
    assert ("it is not here" if model == "lost" else "has other weights") in capsys.readouterr().out


def test_a_recording_of_another_device_and_dtype_is_told_to_be_close(
    folders: list[str], made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = (made / "cat.safetensors").read_bytes()
    assert content.count(b'\\"device\\":\\"cpu\\"') == 1
    file = tmp_path / "other.safetensors"
    file.write_bytes(content.replace(b'\\"device\\":\\"cpu\\"', b'\\"device\\":\\"mps\\"'))
    for action, flags in (("resume", ["--from-step", "3"]), ("export", ["--what", "frame", "--step", "3"])):
        out = ["--out", str(tmp_path / "a.png")]
        assert main(["trajectory", action, *folders, str(file), *flags, *out]) == 0
        assert "close to the original, not identical" in capsys.readouterr().err


def test_a_walk_that_was_cut_short_can_be_finished(folders: list[str], tmp_path: Path) -> None:
    weights = fingerprint(Catalogue((Path(folders[1]),)).find("tiny"))
    file = write_recording(tmp_path, steps=6, walked=3, fingerprint=weights)
    out = tmp_path / "a.png"
    assert main(["trajectory", "resume", *folders, str(file), "--from-step", "3", "--out", str(out)]) == 0
    assert _pixels(out).shape == (64, 64, 3)
    assert main(["trajectory", "export", *folders, str(file), "--what", "gif", "--out", str(tmp_path / "a.gif")]) == 0
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames == 4
