import errno
import io
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tests.cli.recorded import STEPS, Recorded, pixels, refused
from webui.generation.exported_steps import ExportedStep, View
from webui.generation.infotext_reader import read_infotext
from webui.imaging.metadata import embedded_text
from webui.imaging.step_export import Export, FrameAt
from webui.library.trajectory_files import read_summary


def test_the_last_step_is_the_picture_itself(recorded: Recorded, tmp_path: Path) -> None:
    for view in ("x0", "xt"):
        out = recorded.exported(tmp_path / f"{view}.png", "frame", "--view", view, "--step", str(STEPS))
        assert np.array_equal(pixels(out), pixels(recorded.picture))
        told = ExportedStep.read(read_infotext(embedded_text(out.read_bytes()).infotext or "").left_over)
        trajectory = read_summary(recorded.file).header.id
        assert told == ExportedStep(trajectory, 0, STEPS, STEPS, View(view))


def test_every_form_can_be_exported(recorded: Recorded, tmp_path: Path) -> None:
    with zipfile.ZipFile(recorded.exported(tmp_path / "steps.zip", "frames")) as archive:
        assert len(archive.namelist()) == STEPS + 1
        with Image.open(io.BytesIO(archive.read(archive.namelist()[-1]))) as last:
            assert np.array_equal(np.asarray(last), pixels(recorded.picture))
    for what in ("gif", "webp"):
        with Image.open(recorded.exported(tmp_path / f"film.{what}", what, "--fps", "4")) as film:
            assert (film.n_frames, film.size) == (STEPS + 1, (64, 64))
    with av.open(str(recorded.exported(tmp_path / "film.mp4", "mp4"))) as film:
        assert sum(1 for _ in film.decode(video=0)) >= STEPS + 1
    sheet = recorded.exported(tmp_path / "sheet.png", "contact-sheet")
    assert pixels(sheet).size > (STEPS + 1) * 64 * 64 * 3
    infotext = embedded_text(sheet.read_bytes()).infotext or ""
    assert f"Exported steps: 0 to {STEPS} of {STEPS}" in infotext


def test_one_step_alone_can_be_taken_out(recorded: Recorded, tmp_path: Path) -> None:
    with zipfile.ZipFile(recorded.exported(tmp_path / "steps.zip", "frames", "--step", "2")) as archive:
        assert archive.namelist() == [f"5-step-002-of-{STEPS:03d}-x0.png"]


def test_a_disk_that_is_full_leaves_the_older_file_and_nothing_else(
    recorded: Recorded, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "film.gif"
    out.write_text("older")

    def full(_export: Export, _frame_at: FrameAt, path: Path) -> None:
        path.write_bytes(b"a beginning")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("webui.cli.recording_export.write_export", full)
    command = ["trajectory", "export", *recorded.flags, str(recorded.file), "--what", "gif", "--out", str(out)]
    assert "film.gif could not be written: no space left on the disk" in refused(capsys, command)
    assert out.read_text() == "older"
    assert [path.name for path in tmp_path.iterdir()] == ["film.gif"]
