import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.recorded import STEPS, Recorded, pixels, record, refused
from tests.engine.recordings import write_recording
from webui.cli.main import main
from webui.library.trajectory_files import read_summary
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.fingerprint import fingerprint


def test_info_tells_what_was_recorded(recorded: Recorded, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trajectory", "info", *recorded.flags, str(recorded.file)]) == 0
    told = capsys.readouterr().out
    for part in ("the cat", "fog", "0 (seed 5)", "tiny (stable-diffusion); the same weights are here", "0 to 6"):
        assert part in told
    assert f"DPM++ 2M SDE, Automatic, {STEPS} steps, {STEPS} calls" in told
    assert "on cpu in float32" in told


def test_info_as_json_has_everything_but_the_tensors(recorded: Recorded, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trajectory", "info", *recorded.flags, str(recorded.file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["positions"], told["complete"], told["model_state"]) == (STEPS, True, "same")
    assert len(told["sigmas"]) == STEPS + 1
    assert told["header"]["request"]["cfg_scale"] == 4


def test_info_needs_no_torch(recorded: Recorded) -> None:
    code = "import sys; from webui.cli.main import main; main(sys.argv[1:]); sys.exit('torch' in sys.modules)"
    command = [sys.executable, "-c", code, "trajectory", "info", *recorded.flags, str(recorded.file)]
    subprocess.run(command, check=True, capture_output=True)


def test_a_walk_of_two_passes_is_exported_and_taken_up_in_either(
    recorded: Recorded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two = record(tmp_path, recorded.flags, "--steps", "4", "--hires-scale", "1.5", "--hires-strength", "0.5")
    last = read_summary(two.file).positions
    assert last > 4
    for step in (2, 5):
        assert np.array_equal(two.resumed(tmp_path / "again.png", "--from-step", str(step)), pixels(two.picture))
    with zipfile.ZipFile(two.exported(tmp_path / "steps.zip", "frames")) as archive:
        sizes = [Image.open(io.BytesIO(archive.read(name))).size for name in archive.namelist()]
    assert sizes == [(64, 64)] * 4 + [(96, 96)] * (last - 3)
    with Image.open(two.exported(tmp_path / "film.gif", "gif")) as film:
        assert (film.n_frames, film.size) == (last + 1, (96, 96))
    assert main(["trajectory", "info", *two.flags, str(two.file)]) == 0
    assert "64 x 64, then 96 x 96" in capsys.readouterr().out


def _damaged(recorded: Recorded, tmp_path: Path, how: str) -> Path:
    content = (recorded.file).read_bytes()
    file = tmp_path / "bad.safetensors"
    match how:
        case "truncated":
            file.write_bytes(content[: len(content) // 2])
        case "empty":
            file.write_bytes(b"")
        case "picture":
            shutil.copy(recorded.picture, file)
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
    recorded: Recorded, tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str, action: str
) -> None:
    file = _damaged(recorded, tmp_path, how)
    more = {
        "info": [],
        "export": ["--what", "gif", "--out", str(tmp_path / "a.gif")],
        "resume": ["--from-step", "1", "--out", str(tmp_path / "a.png")],
    }
    told = refused(capsys, ["trajectory", action, *recorded.flags, str(file), *more[action]])
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
    recorded: Recorded,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    says: str,
) -> None:
    (tmp_path / "taken.gif").mkdir()
    monkeypatch.chdir(tmp_path)
    given = [{"FILE": str(recorded.file)}.get(argument, argument) for argument in arguments]
    assert says in refused(capsys, ["trajectory", given[0], *recorded.flags, *given[1:]])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["taken.gif"]


@pytest.mark.parametrize(("model", "says"), [("lost", "is gone"), ("tiny", "other weights")])
def test_a_checkpoint_that_is_not_the_same_is_told_and_another_is_offered(
    recorded: Recorded, tmp_path: Path, capsys: pytest.CaptureFixture[str], model: str, says: str
) -> None:
    file = write_recording(tmp_path, steps=3, model=model, fingerprint="f" * 32)
    actions = {
        "export": ["--what", "frame", "--step", "1", "--out", str(tmp_path / "a.png")],
        "resume": ["--from-step", "1", "--out", str(tmp_path / "b.png")],
    }
    for action, flags in actions.items():
        told = refused(capsys, ["trajectory", action, *recorded.flags, str(file), *flags])
        assert says in told
        assert "--model" in told
        assert main(["trajectory", action, *recorded.flags, str(file), *flags, "--model", "tiny"]) == 0
        assert "not the same" in capsys.readouterr().err
    assert main(["trajectory", "info", *recorded.flags, str(file)]) == 0
    assert ("it is not here" if model == "lost" else "has other weights") in capsys.readouterr().out


def test_a_recording_of_another_device_and_dtype_is_told_to_be_close(
    recorded: Recorded, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = (recorded.file).read_bytes()
    assert content.count(b'\\"device\\":\\"cpu\\"') == 1
    file = tmp_path / "other.safetensors"
    file.write_bytes(content.replace(b'\\"device\\":\\"cpu\\"', b'\\"device\\":\\"mps\\"'))
    for action, flags in (("resume", ["--from-step", "3"]), ("export", ["--what", "frame", "--step", "3"])):
        out = ["--out", str(tmp_path / "a.png")]
        assert main(["trajectory", action, *recorded.flags, str(file), *flags, *out]) == 0
        assert "close to the original, not identical" in capsys.readouterr().err


def test_a_walk_that_was_cut_short_can_be_finished(recorded: Recorded, tmp_path: Path) -> None:
    weights = fingerprint(Catalogue((Path(recorded.flags[1]),)).find("tiny"))
    file = write_recording(tmp_path, steps=6, walked=3, fingerprint=weights)
    out = tmp_path / "a.png"
    assert main(["trajectory", "resume", *recorded.flags, str(file), "--from-step", "3", "--out", str(out)]) == 0
    assert pixels(out).shape == (64, 64, 3)
    assert (
        main(["trajectory", "export", *recorded.flags, str(file), "--what", "gif", "--out", str(tmp_path / "a.gif")])
        == 0
    )
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames == 4
