"""Each kind of series: its cells, what comes after a cell, and the grid or plot at the end."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image

from webui.engine.series_journey import JourneyKind
from webui.engine.series_kind import Beginning, Desk, Growth, Kind, Outcome, Prepare
from webui.engine.series_record import Cell
from webui.engine.series_results import SoFar
from webui.errors import InvalidRequest, WebUIError
from webui.generation.journey import Journey
from webui.generation.limits import RANDOM_SEED
from webui.generation.loopback import loop_request, loop_strength, plan_batch
from webui.generation.plot import AXIS_NAMES, Axis, describe_plot, plan_plot
from webui.generation.request import GenerationRequest
from webui.generation.series import BatchOptions, LoopbackOptions, Options, PlotOptions, SweepOptions
from webui.generation.sweep import largest_jump, plan_sweep, sweep_strengths, tipping_sentence
from webui.generation.ways import FromPicture
from webui.imaging.grid import Page, contact_sheet
from webui.imaging.line_plot import Movement, movement_plot
from webui.imaging.reading import flattened
from webui.imaging.similarity import ssim


@dataclass(frozen=True, slots=True)
class _Plot(Kind):
    options: PlotOptions

    def begin(self, request: GenerationRequest, desk: Desk) -> Beginning:
        axes = self.options.axes(desk.plot_axes())
        plot = plan_plot(_with_variation_seed(request), axes)
        cells = []
        for cell in plot.cells:
            labels = tuple(axis.labels[at] for axis, at in zip(axes, cell.place, strict=True))
            ready = _prepared(cell.request, desk, axes, labels) if cell.request is not None else None
            cells.append(Cell(labels=labels, request=ready, place=cell.place, problem=cell.problem))
        return Beginning(cells=cells, total=len(cells), said=describe_plot(axes))

    def outcome(self, so_far: SoFar) -> Outcome:
        series, results = so_far.series, so_far.first_pictures()
        x, y, z = (self._labels(series.cells, axis) for axis in range(3))
        by_place = {tuple(cell.place): result for cell, result in zip(series.cells, results, strict=True)}
        pages = [
            Page([[by_place[i, j, k] for i in range(len(x))] for j in range(len(y))], title)
            for k, title in enumerate(z)
        ]
        return Outcome(picture=contact_sheet(pages, columns=x, rows=y), result={"x": x, "y": y, "z": z})

    def _labels(self, cells: Sequence[Cell], axis: int) -> list[str]:
        """From the cells, not from the options: a seed that was drawn would be drawn again."""
        found = {cell.place[axis]: cell.labels[axis] for cell in cells}
        return [found[place] for place in sorted(found)]


@dataclass(frozen=True, slots=True)
class _Sweep(Kind):
    options: SweepOptions

    def begin(self, request: GenerationRequest, desk: Desk) -> Beginning:
        requests = plan_sweep(request, self._strengths)
        cells = [
            Cell(labels=(_short(strength),), request=desk.prepare(one))
            for strength, one in zip(self._strengths, requests, strict=True)
        ]
        options = self.options
        said = {"Script": "Threshold sweep", "Strengths": f"{options.first:g}-{options.last:g} [{options.count}]"}
        return Beginning(cells=cells, total=len(cells), said=said)

    def outcome(self, so_far: SoFar) -> Outcome:
        strengths = self._strengths
        pictures = [result if isinstance(result, Image.Image) else None for result in so_far.first_pictures()]
        distances = [_distance(*pair) for pair in pairwise(pictures)]
        jump = largest_jump(strengths, distances)
        sentence = tipping_sentence(strengths, jump)
        picture = movement_plot(
            Movement(
                title=sentence,
                labels=[cell.labels[0] for cell in so_far.series.cells],
                distances=distances,
                marked=strengths.index(jump.before) if jump else None,
                pictures=pictures,
                across="denoising strength",
                up="distance from the picture before (1 - SSIM)",
            )
        )
        told = {"before": jump.before, "after": jump.after, "distance": jump.distance} if jump else None
        result = {"strengths": list(strengths), "distances": distances, "jump": told, "sentence": sentence}
        return Outcome(picture=picture, result=result, said={"Result": sentence})

    @property
    def _strengths(self) -> tuple[float, ...]:
        return sweep_strengths(self.options.first, self.options.last, self.options.count)


@dataclass(frozen=True, slots=True)
class _Loopback(Kind):
    options: LoopbackOptions

    def begin(self, request: GenerationRequest, desk: Desk) -> Beginning:
        options = self.options
        said = {
            "Script": "Loopback", "Loops": str(options.loops),
            "Final denoising strength": f"{options.final_strength:g}",
            "Denoising strength curve": options.curve.value,
        }  # fmt: skip
        return Beginning(cells=[self._cell(request, 0, None, desk.prepare)], total=options.loops, said=said)

    def following(self, so_far: SoFar, desk: Desk) -> Growth | None:
        loop, last = len(so_far.ends), so_far.ends[-1]
        if loop >= self.options.loops or not last.images:
            return None
        shared = so_far.series.wanted.request
        return Growth(cells=[self._cell(shared, loop, last.images[0], desk.ready)])  # prepared with the series

    def outcome(self, so_far: SoFar) -> Outcome:
        series = so_far.series
        sheet = contact_sheet([Page([so_far.first_pictures()])], columns=[cell.labels[0] for cell in series.cells])
        strengths = [
            cell.request.start.strength
            for cell in series.cells
            if cell.request and isinstance(cell.request.start, FromPicture)
        ]
        return Outcome(picture=sheet, result={"strengths": strengths})

    def _cell(self, request: GenerationRequest, loop: int, picture: str | None, prepare: Prepare) -> Cell:
        first = request.start.strength if isinstance(request.start, FromPicture) else 0.0
        options = self.options
        strength = loop_strength(first, options.final_strength, loop=loop, loops=options.loops, curve=options.curve)
        ready = prepare(loop_request(request, picture, loop=loop, strength=strength))
        return Cell(labels=(f"{loop + 1}: {_short(strength)}",), request=ready)


@dataclass(frozen=True, slots=True)
class _Batch(Kind):
    options: BatchOptions

    def begin(self, request: GenerationRequest, desk: Desk) -> Beginning:
        requests = plan_batch(request, self.options.pictures)
        cells = [Cell(labels=(str(number),), request=desk.prepare(one)) for number, one in enumerate(requests, 1)]
        return Beginning(cells=cells, total=len(cells))

    def outcome(self, so_far: SoFar) -> Outcome:
        return Outcome()


def kind_of(options: Options) -> Kind:
    """What makes a series with these options."""
    if isinstance(options, PlotOptions):
        return _Plot(options)
    if isinstance(options, SweepOptions):
        return _Sweep(options)
    if isinstance(options, Journey):
        return JourneyKind(options)
    return _Loopback(options) if isinstance(options, LoopbackOptions) else _Batch(options)


def _with_variation_seed(request: GenerationRequest) -> GenerationRequest:
    """Drawn even where it does not count: an axis may turn variations on that are off in the request."""
    if request.variation_seed != RANDOM_SEED:
        return request
    return request.with_changes(variation_seed=secrets.randbelow(2**32))


def _prepared(request: GenerationRequest, desk: Desk, axes: Sequence[Axis], labels: Sequence[str]) -> GenerationRequest:
    """The cell's request, ready; what only the catalogue and the styles know to be wrong is told of its axis."""
    try:
        return desk.prepare(request)
    except WebUIError as error:
        for name, axis, label in zip(AXIS_NAMES, axes, labels, strict=True):
            if axis.type.name in ("Checkpoint name", "Styles"):
                raise InvalidRequest(
                    f"{name.upper()} axis, {axis.type.name}, '{label}': {error.message}", hint=error.hint, field=name
                ) from error
        raise


def _distance(before: Image.Image | None, after: Image.Image | None) -> float | None:
    if before is None or after is None or before.size != after.size:
        return None
    return round(1.0 - ssim(flattened(before), flattened(after)), 6)


def _short(strength: float) -> str:
    return f"{strength:.2f}" if round(strength, 2) == strength else f"{strength:.4f}".rstrip("0")
