"""Journeys: which pictures of a job have come in, and the film that they become. Each is a file: none is lost."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from webui.extensions.api import FilmKind, SavedImage, flattened, write_film

_FASTEST = 60.0
"""Frames a second that players keep up with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A job that travels: the paths of its pictures by their places, the controls' values, and the film once it is."""

    job: str
    count: int
    values: Mapping[str, Any]
    pictures: Mapping[str, str]
    infotext: str = ""
    film: str = ""

    @property
    def complete(self) -> bool:
        """Whether all pictures are there."""
        return len(self.pictures) == self.count


class Journeys:
    """All that are known, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, image: SavedImage, values: Mapping[str, Any]) -> Journey:
        """A picture has come in; its journey as it is now."""
        new = Journey(job=image.job, count=image.count, values=dict(values), pictures={})
        # The first picture begins a journey: on the command line all jobs have the same name.
        known = (self.find(image.job) if image.index else None) or new
        journey = replace(
            known,
            pictures={**known.pictures, str(image.index): str(image.path)},
            infotext=image.infotext if image.index == 0 else known.infotext,
        )
        self._write(journey)
        return journey

    def find(self, job: str) -> Journey | None:
        """One of them; None where there is none, or its file is damaged."""
        try:
            # A job's id comes from an address too: `name` leaves nothing of it that could lead elsewhere.
            return Journey(**json.loads((self._folder / f"{Path(job).name}.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def with_films(self) -> list[Journey]:
        """Those whose film is there, newest first."""
        files = sorted(self._folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
        found = [self.find(file.stem) for file in files]
        return [journey for journey in found if journey and journey.film and Path(journey.film).is_file()]

    def join(self, journey: Journey, kind: FilmKind) -> Journey:
        """Make the film of a complete journey, beside its first picture."""
        first = Path(journey.pictures["0"])
        film = first.with_name(f"{first.stem}-travel.{kind.value}")
        unfinished = film.with_name(f".{film.name}.saving")
        between = int(journey.values["between"])
        with Image.open(first) as picture:
            size = picture.size
        fps = min(float(journey.values["fps"]) * (between + 1), _FASTEST)
        write_film(kind, unfinished, _frames(journey, between), size=size, fps=fps, comment=journey.infotext)
        # Named when it is whole, so that nobody ever finds half a film.
        os.replace(unfinished, film)
        joined = replace(journey, film=str(film))
        self._write(joined)
        return joined

    def _write(self, journey: Journey) -> None:
        file = self._folder / f"{Path(journey.job).name}.json"
        unfinished = file.with_suffix(".saving")
        unfinished.write_text(json.dumps(asdict(journey)), "utf-8")
        os.replace(unfinished, file)


def _frames(journey: Journey, between: int) -> Iterator[Image.Image]:
    """The pictures in their order and perhaps back, each dissolving into the next. One pair at a time is in memory."""
    places = list(range(journey.count))
    if journey.values["back"]:
        places += places[-2::-1]
    last: Image.Image | None = None
    for place in places:
        with Image.open(journey.pictures[str(place)]) as file:
            picture = flattened(file)
        if last is not None and last.size == picture.size:
            yield from (Image.blend(last, picture, step / (between + 1)) for step in range(1, between + 1))
        yield picture
        last = picture
