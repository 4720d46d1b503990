"""Films of pictures: animated GIF and WebP, and MP4. One frame at a time is in memory."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from PIL import Image

from webui.imaging.gif_stream import GifStream
from webui.imaging.reading import flattened
from webui.imaging.webp_stream import WebpStream

MIN_FPS, MAX_FPS = 0.5, 60.0
"""A GIF ends at 50: browsers show one slowly whose frames are shorter."""
LAST_STAYS = 1500.0
"""How long the last frame stays, in milliseconds, so that the picture is seen before the film begins again."""


class FilmKind(StrEnum):
    """The containers, by the endings of their files."""

    GIF = "gif"
    WEBP = "webp"
    MP4 = "mp4"


def write_film(
    kind: FilmKind,
    path: Path,
    frames: Iterable[Image.Image],
    *,
    size: tuple[int, int],
    fps: float,
    comment: str,
    last_stays: float = LAST_STAYS,
) -> None:
    """Write a film.

    Args:
        kind: of the file.
        path: of the file; an older one is overwritten.
        frames: in their order; those of another size are brought to `size`.
        size: width and height in pixels.
        fps: frames a second, `MIN_FPS` to `MAX_FPS`.
        comment: the infotext.
        last_stays: how long the last frame stays at least, in milliseconds.

    Raises:
        OSError: the file cannot be written.
        ValueError: there are no frames.
    """
    film = _opened(kind, path, size, comment=comment, fps=fps)
    waiting: Image.Image | None = None
    try:
        for frame in frames:
            if waiting is not None:
                film.add(_fitted(waiting, size), 1000 / fps)
            waiting = frame
        if waiting is None:
            raise ValueError("a film has at least one frame")
        film.add(_fitted(waiting, size), max(last_stays, 1000 / fps))
        film.finish()
    finally:
        film.close()


def _opened(kind: FilmKind, path: Path, size: tuple[int, int], *, comment: str, fps: float) -> "_Film":
    match kind:
        case FilmKind.GIF:
            return GifStream(path, size, comment)
        case FilmKind.WEBP:
            return WebpStream(path, size, comment)
        case FilmKind.MP4:
            # FFmpeg's libraries take a moment to load, which a server that makes no film should not wait for.
            from webui.imaging.mp4_stream import Mp4Stream

            return Mp4Stream(path, size, comment, fps)


class _Film(Protocol):
    def add(self, frame: Image.Image, milliseconds: float) -> None: ...

    def finish(self) -> None: ...

    def close(self) -> None: ...


def _fitted(frame: Image.Image, size: tuple[int, int]) -> Image.Image:
    frame = flattened(frame)
    return frame if frame.size == size else frame.resize(size, Image.Resampling.BICUBIC)
