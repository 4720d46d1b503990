"""A journey's frames in their order, and the films that are made of them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

from PIL import Image

from webui.engine.series_journey import is_pilot, measuring, positions
from webui.engine.series_record import Series
from webui.errors import InvalidRequest, PictureNotFound, SeriesNotFound
from webui.generation.journey import Journey
from webui.imaging.animation import FilmKind, write_film
from webui.imaging.step_frames import write_zip
from webui.library.library import Library


class FilmForm(StrEnum):
    """What a journey can be saved as."""

    MP4 = "mp4"
    WEBP = "webp"
    GIF = "gif"
    ZIP = "zip"
    """Its frames as PNG files."""

    @property
    def media_type(self) -> str:
        """As HTTP names it."""
        return {FilmForm.MP4: "video/mp4", FilmForm.ZIP: "application/zip"}.get(self, f"image/{self.value}")


@dataclass(frozen=True, slots=True)
class TravelFrame:
    """A frame: its place in the journey, from 0, its position, the stop that it is, and its picture's id if made."""

    index: int
    position: float
    stop: int | None
    image: str | None


def journey_of(series: Series) -> Journey:
    """What a series was asked to be, that is a journey; raises `SeriesNotFound` where it is something else."""
    if not isinstance(series.wanted.options, Journey):
        raise SeriesNotFound("There is no such journey.", hint="Look at the list of journeys for those that are known.")
    return series.wanted.options


def travel_frames(series: Series, images: Sequence[Sequence[str]]) -> list[TravelFrame]:
    """The frames in their order; none while the quick pictures are measured.

    Args:
        series: a journey.
        images: the ids of each cell's pictures.
    """
    journey = journey_of(series)
    if measuring(series):
        return []
    made = {
        place: image
        for cell, ids in zip(series.cells, images, strict=True)
        if not is_pilot(cell)
        for place, image in zip(cell.place, ids, strict=False)
    }
    return [
        TravelFrame(index, position, int(position) if position.is_integer() else None, made.get(index))
        for index, position in enumerate(positions(journey, series.result))
    ]


def write_journey(files: Iterable[tuple[str, bytes]], form: FilmForm, path: Path, *, fps: float, comment: str) -> None:
    """Write a film of frames, or an archive with them. One of them at a time is in memory.

    Args:
        files: as from `frame_files`.
        form: of the file.
        path: of the file; an older one is overwritten.
        fps: frames a second.
        comment: a text to put into a film.

    Raises:
        InvalidRequest: there is no frame at all.
        OSError: the file cannot be written.
    """
    rest = iter(files)
    first = next(rest, None)
    if first is None:
        raise InvalidRequest("The journey has no frames yet.", hint="Wait until some are made.", field="journey")
    every = chain([first], rest)
    if form is FilmForm.ZIP:
        write_zip(path, every)
        return
    size = _opened(first[1]).size
    pictures = (_opened(content) for _, content in every)
    write_film(FilmKind(form.value), path, pictures, size=size, fps=fps, comment=comment, last_stays=0)


def frame_files(library: Library, frames: Iterable[TravelFrame]) -> Iterator[tuple[str, bytes]]:
    """A name and the PNG of each frame that is there: in the order of their names they are in that of the journey."""
    for frame in frames:
        if frame.image is not None:
            with suppress(PictureNotFound):
                yield f"frame-{frame.index + 1:04d}.png", library.read(frame.image)


def journey_json(series: Series) -> Mapping[str, Any]:
    """The journey as it was made, its seeds fixed: what makes it once more."""
    return {
        **journey_of(series).model_dump(mode="json"),
        "request": series.wanted.request.model_dump(mode="json"),
    }


def journey_comment(series: Series) -> str:
    """What is put into its films: the journey, so that whoever has one can make it once more."""
    return json.dumps(journey_json(series))


def _opened(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content), formats=("PNG",)) as image:
        image.load()
        return image
