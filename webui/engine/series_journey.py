"""Journeys as series: frames in jobs of several, placed by quick pictures first where the spacing is perceptual."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Any, ClassVar

from PIL import Image

from webui.engine.series_kind import Beginning, Desk, Growth, Kind, Outcome
from webui.engine.series_record import Cell, Series
from webui.engine.series_results import SoFar
from webui.exploring.journey import (
    Frame,
    batch_request,
    batches,
    even_positions,
    frames,
    perceptual_positions,
    pilot_frames,
    stop_request,
    with_stops,
)
from webui.generation.journey import Journey, Spacing
from webui.generation.points import Point
from webui.generation.request import GenerationRequest
from webui.generation.series import SeriesRequest
from webui.imaging.reading import flattened
from webui.imaging.similarity import ssim
from webui.library.pictures import Folder

PILOT = "quick picture to measure by"
_COMPARED_SIDE = 128
"""Pixels; pilots are compared small, as what moves is seen there too."""


@dataclass(frozen=True, slots=True)
class JourneyKind(Kind):
    """A journey."""

    folder: ClassVar[Folder] = Folder.JOURNEYS
    journey: Journey

    def begin(self, request: GenerationRequest, desk: Desk) -> Beginning:
        """Stops as jobs have them, with what styles and extensions change; everything between follows from these."""
        stops = [desk.prepare(stop_request(request, self.journey, stop)) for stop in self.journey.stops]
        unused = {name: field.get_default() for name, field in Point.model_fields.items()}
        shared = stops[0].with_changes(**unused, start=request.start)
        journey = with_stops(self.journey, stops)
        measured = journey.spacing is Spacing.PERCEPTUAL
        first = pilot_frames(shared, journey) if measured else frames(shared, journey)
        return Beginning(
            cells=_cells(journey, first, desk, label=PILOT if measured else ""),
            total=journey.frame_count + (len(first) if measured else 0),
            wanted=SeriesRequest(shared, journey),
        )

    def following(self, so_far: SoFar, desk: Desk) -> Growth | None:
        """The frames, once all quick pictures are there."""
        made = any(end.images for end in so_far.ends)
        if not made or not all(is_pilot(cell) for cell in so_far.series.cells):
            return None
        distances = _distances(self.journey, so_far)
        planned = frames(so_far.series.wanted.request, self.journey, perceptual_positions(self.journey, distances))
        return Growth(cells=_cells(self.journey, planned, desk), result={"distances": distances})

    def outcome(self, so_far: SoFar) -> Outcome:
        """No picture of its own: films are made of the frames when they are asked for."""
        return Outcome(result=so_far.series.result)


def is_pilot(cell: Cell) -> bool:
    """Whether a cell's pictures only measure."""
    return PILOT in cell.labels


def measuring(series: Series) -> bool:
    """Whether a journey's frames are not placed yet."""
    return all(is_pilot(cell) for cell in series.cells)


def positions(journey: Journey, result: Mapping[str, Any]) -> tuple[float, ...]:
    """Where the frames of a journey are that is not measuring any more; `result` is the series'."""
    if journey.spacing is Spacing.EVEN:
        return even_positions(journey)
    return perceptual_positions(journey, result["distances"])


def _cells(journey: Journey, planned: Sequence[Frame], desk: Desk, *, label: str = "") -> list[Cell]:
    return [
        Cell(
            labels=(label or _label([planned[place] for place in places], places),),
            request=desk.ready(batch_request(planned, places)),
            place=places,
            pictures=len(places),
        )
        for places in batches(journey, planned)
    ]


def _label(planned: Sequence[Frame], places: Sequence[int]) -> str:
    if planned[0].stop is not None:
        return f"stop {planned[0].stop + 1}"
    return f"frames {', '.join(str(place + 1) for place in places)}"


def _distances(journey: Journey, so_far: SoFar) -> list[float]:
    """1 - SSIM between each quick picture and the next; where one is missing, the mean of the others."""
    ids = {
        place: image
        for cell, end in zip(so_far.series.cells, so_far.ends, strict=True)
        for place, image in zip(cell.place, end.images, strict=False)
    }
    last = max(place for cell in so_far.series.cells for place in cell.place)
    small = [_small(so_far.opened(ids[place])) if place in ids else None for place in range(last + 1)]
    if journey.loop:
        small.append(small[0])
    found = [None if one is None or other is None else 1 - ssim(one, other) for one, other in pairwise(small)]
    known = [distance for distance in found if distance is not None]
    usual = fmean(known) if known else 0.0
    return [round(usual if distance is None else distance, 6) for distance in found]


def _small(picture: Image.Image | None) -> Image.Image | None:
    if picture is None:
        return None
    small = flattened(picture)
    small.thumbnail((_COMPARED_SIDE, _COMPARED_SIDE))
    return small
