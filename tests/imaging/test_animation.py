from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from webui.imaging.animation import LAST_STAYS, FilmKind, write_film
from webui.imaging.metadata import embedded_text

COMMENT = "a boat, 猫 \U0001f431\nNegative prompt: fog\nSteps: 20, Sampler: Euler, Seed: 5, Exported steps: 0 to 4 of 4"
COLOURS = [(200, 30, 30), (30, 180, 40), (20, 40, 220), (240, 240, 10), (128, 128, 128)]


def _frames(size: tuple[int, int] = (64, 48)) -> list[Image.Image]:
    """A frame of each colour, darker towards the right."""
    shade = np.linspace(1, 0.6, size[0])[None, :, None]
    plain = [np.broadcast_to(np.array(colour), (size[1], size[0], 3)) for colour in COLOURS]
    return [Image.fromarray((pixels * shade).astype(np.uint8)) for pixels in plain]


def _film(path: Path, kind: FilmKind, *, size: tuple[int, int] = (64, 48), fps: float = 8.0) -> Path:
    file = path / f"film.{kind}"
    write_film(kind, file, _frames(size), size=size, fps=fps, comment=COMMENT)
    return file


def _read(file: Path) -> tuple[list[np.ndarray], list[float]]:
    """The frames of a GIF or WebP and how long each stays, in milliseconds."""
    pictures, durations = [], []
    with Image.open(file) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            image.load()
            pictures.append(np.asarray(image.convert("RGB")).astype(int))
            durations.append(image.info["duration"])
    return pictures, durations


@pytest.mark.parametrize(("kind", "off"), [(FilmKind.GIF, 12), (FilmKind.WEBP, 12)])
def test_a_gif_or_webp_has_every_frame_in_its_order_and_loops(tmp_path: Path, kind: FilmKind, off: int) -> None:
    file = _film(tmp_path, kind)
    pictures, durations = _read(file)
    assert len(pictures) == len(COLOURS)
    for picture, frame in zip(pictures, _frames(), strict=True):
        assert picture.shape == (48, 64, 3)
        assert np.abs(picture - np.asarray(frame)).mean() < off
    assert sum(durations[:-1]) == pytest.approx(500, abs=10)
    assert durations[-1] == pytest.approx(LAST_STAYS, abs=10)
    with Image.open(file) as image:
        assert image.info["loop"] == 0
    assert embedded_text(file.read_bytes()).infotext == COMMENT


def test_a_gif_keeps_its_pace_though_it_counts_hundredths(tmp_path: Path) -> None:
    file = tmp_path / "long.gif"
    frame = Image.new("RGB", (8, 8), (9, 9, 9))
    frames = [Image.blend(frame, Image.new("RGB", (8, 8), (200, 0, 0)), place / 60) for place in range(61)]
    write_film(FilmKind.GIF, file, frames, size=(8, 8), fps=12, comment="")
    _, durations = _read(file)
    assert set(durations[:-1]) == {80, 90}
    assert sum(durations[:-1]) == pytest.approx(5000, abs=10)


@pytest.mark.parametrize("fps", [0.5, 8.0, 29.97, 50.0])
def test_an_mp4_is_h264_that_every_browser_plays(tmp_path: Path, fps: float) -> None:
    file = _film(tmp_path, FilmKind.MP4, fps=fps)
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == Fraction(round(fps * 100), 100)
        decoded = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
        assert container.metadata["comment"] == COMMENT
    held = max(round(LAST_STAYS / 1000 * fps), 1)
    assert len(decoded) == len(COLOURS) - 1 + held
    for picture, frame in zip(decoded, _frames(), strict=False):
        assert picture.shape == (48, 64, 3)
        assert np.abs(picture - np.asarray(frame)).mean() < 12
    content = file.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert embedded_text(content).infotext == COMMENT


@pytest.mark.parametrize("kind", FilmKind)
def test_odd_sizes_can_be_filmed(tmp_path: Path, kind: FilmKind) -> None:
    file = _film(tmp_path, kind, size=(33, 21))
    if kind is FilmKind.MP4:
        with av.open(str(file)) as container:
            first = next(container.decode(video=0)).to_ndarray(format="rgb24")
        assert first.shape == (22, 34, 3)
        assert np.abs(first[:, -1].astype(int) - first[:, -2]).max() < 12
    else:
        assert _read(file)[0][0].shape == (21, 33, 3)


@pytest.mark.parametrize("kind", FilmKind)
def test_frames_of_a_first_pass_are_brought_to_the_size_of_the_second(tmp_path: Path, kind: FilmKind) -> None:
    file = tmp_path / f"film.{kind}"
    small, large = Image.new("RGB", (32, 24), (200, 20, 20)), Image.new("RGB", (64, 48), (20, 20, 200))
    write_film(kind, file, [small, large], size=(64, 48), fps=8, comment="")
    if kind is FilmKind.MP4:
        with av.open(str(file)) as container:
            pictures = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
    else:
        pictures = _read(file)[0]
    assert [picture.shape for picture in pictures[:2]] == [(48, 64, 3)] * 2
    assert np.abs(pictures[0][24, 32] - (200, 20, 20)).max() < 12


@pytest.mark.parametrize("kind", FilmKind)
def test_one_frame_is_a_film_too_and_none_is_not(tmp_path: Path, kind: FilmKind) -> None:
    file = tmp_path / f"film.{kind}"
    write_film(kind, file, _frames()[:1], size=(64, 48), fps=8, comment=COMMENT)
    assert embedded_text(file.read_bytes()).infotext == COMMENT
    with pytest.raises(ValueError):
        write_film(kind, file, [], size=(64, 48), fps=8, comment=COMMENT)


@pytest.mark.parametrize("kind", FilmKind)
def test_frames_are_asked_for_one_by_one(tmp_path: Path, kind: FilmKind) -> None:
    """At most two are alive at once: the one that is encoded, and the one that comes next."""
    alive: list[int] = []

    class Counted(Image.Image):
        def __del__(self) -> None:
            alive.pop()

    def frames() -> Iterator[Image.Image]:
        for frame in _frames():
            counted = Counted()
            counted.__dict__.update(frame.__dict__)
            alive.append(1)
            assert len(alive) <= 3
            yield counted

    write_film(kind, tmp_path / "film", frames(), size=(64, 48), fps=8, comment="")


@pytest.mark.parametrize("kind", FilmKind)
def test_the_same_frames_give_the_same_bytes(tmp_path: Path, kind: FilmKind) -> None:
    first = _film(tmp_path, kind).read_bytes()
    assert _film(tmp_path, kind).read_bytes() == first


@pytest.mark.parametrize("kind", FilmKind)
def test_a_place_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path, kind: FilmKind) -> None:
    with pytest.raises(OSError):
        write_film(kind, tmp_path / "nowhere" / "film", _frames(), size=(64, 48), fps=8, comment="")
