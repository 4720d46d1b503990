import io
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tests.generation.recordings import ID, summary
from webui.errors import InvalidRequest
from webui.generation.exported_steps import ExportedStep, View, picture_request
from webui.generation.infotext_reader import read_infotext
from webui.generation.request import GenerationRequest
from webui.imaging.metadata import embedded_text, fields_of
from webui.imaging.step_export import Export, What, write_export

LAST = 4
RECORDING = summary(LAST, pictures=2)


def _frame_at(step: int) -> Image.Image:
    """A picture whose red tells its step."""
    return Image.new("RGB", (64, 48), (40 + 40 * step, 60, 90))


def _written(tmp_path: Path, what: What, *, step: int | None = None, view: View = View.X0, picture: int = 0) -> Path:
    export = Export.of(RECORDING, what, view, picture=picture, step=step)
    path = tmp_path / export.file_name
    write_export(export, _frame_at, path)
    return path


def _told(content: bytes) -> ExportedStep | None:
    return ExportedStep.read(read_infotext(embedded_text(content).infotext or "").left_over)


def test_one_step_is_a_png_that_says_which(tmp_path: Path) -> None:
    path = _written(tmp_path, What.FRAME, step=2, view=View.XT, picture=1)
    assert path.name == "cccccccc-6-step-002-of-004-xt.png"
    content = path.read_bytes()
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.getpixel((0, 0)) == (120, 60, 90)
    assert _told(content) == ExportedStep(ID, 1, 2, LAST, View.XT)
    fields = fields_of(embedded_text(content))
    assert fields is not None
    assert GenerationRequest.parse(fields.values) == picture_request(RECORDING, 1)


def test_all_steps_are_pngs_in_an_archive_in_their_order(tmp_path: Path) -> None:
    path = _written(tmp_path, What.FRAMES)
    assert path.name == "cccccccc-5-steps-x0.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names == [f"5-step-{step:03d}-of-004-x0.png" for step in range(LAST + 1)]
        for step, name in enumerate(names):
            content = archive.read(name)
            with Image.open(io.BytesIO(content)) as picture:
                assert picture.getpixel((0, 0)) == (40 + 40 * step, 60, 90)
            assert _told(content) == ExportedStep(ID, 0, step, LAST, View.X0)


def test_one_step_can_be_in_an_archive_too(tmp_path: Path) -> None:
    with zipfile.ZipFile(_written(tmp_path, What.FRAMES, step=3)) as archive:
        assert archive.namelist() == ["5-step-003-of-004-x0.png"]


def test_a_contact_sheet_has_every_step_and_its_infotext(tmp_path: Path) -> None:
    content = _written(tmp_path, What.CONTACT_SHEET).read_bytes()
    with Image.open(io.BytesIO(content)) as sheet:
        pixels = np.asarray(sheet)
    for step in range(LAST + 1):
        assert (pixels == (40 + 40 * step, 60, 90)).all(axis=2).sum() == 64 * 48
    infotext = embedded_text(content).infotext or ""
    assert ", Exported steps: 0 to 4 of 4, Exported view: x0, " in infotext


@pytest.mark.parametrize("what", [What.GIF, What.WEBP, What.MP4])
def test_a_film_runs_through_all_steps_with_its_infotext(tmp_path: Path, what: What) -> None:
    path = _written(tmp_path, what)
    assert path.name == f"cccccccc-5-steps-x0.{what}"
    if what is What.MP4:
        with av.open(str(path)) as container:
            reds = [frame.to_ndarray(format="rgb24")[..., 0].mean() for frame in container.decode(video=0)]
    else:
        with Image.open(path) as image:
            reds = []
            for number in range(image.n_frames):
                image.seek(number)
                reds.append(np.asarray(image.convert("RGB"))[..., 0].mean())
    assert reds[: LAST + 1] == pytest.approx([40, 80, 120, 160, 200], abs=4)
    assert ", Exported steps: 0 to 4 of 4, " in (embedded_text(path.read_bytes()).infotext or "")


def test_the_last_step_is_decoded_once(tmp_path: Path) -> None:
    asked: list[int] = []

    def frame_at(step: int) -> Image.Image:
        asked.append(step)
        return _frame_at(step)

    write_export(Export.of(RECORDING, What.WEBP, View.X0), frame_at, tmp_path / "film")
    assert asked == [4, 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"step": 99}, "step: 99 cannot be used: the recording has steps 0 to 4."),
        ({"step": -1}, "step: -1 cannot be used: the recording has steps 0 to 4."),
        ({"picture": 2}, "picture: 2 cannot be used: the recording has pictures 0 to 1."),
        ({"fps": 0.1}, "fps: 0.1 cannot be used: it must be 0.5 to 60."),
        ({"fps": float("nan")}, "fps: nan cannot be used: it must be 0.5 to 60."),
    ],
)
def test_what_cannot_be_exported_is_told(given: dict[str, float], says: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        Export.of(RECORDING, What.GIF, View.X0, **given)  # pyright: ignore[reportArgumentType]
    assert caught.value.message == says
    assert caught.value.field == next(iter(given))


def test_a_single_picture_needs_its_step() -> None:
    with pytest.raises(InvalidRequest) as caught:
        Export.of(RECORDING, What.FRAME, View.X0)
    assert caught.value.field == "step"


def test_every_form_has_an_ending_and_a_type() -> None:
    told = {what: (what.ending, what.media_type) for what in What}
    assert told[What.FRAME] == told[What.CONTACT_SHEET] == (".png", "image/png")
    assert told[What.FRAMES] == (".zip", "application/zip")
    assert [told[what][1] for what in (What.GIF, What.WEBP, What.MP4)] == ["image/gif", "image/webp", "video/mp4"]
