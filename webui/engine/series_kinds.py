"""What each kind of series makes: its cells, what comes after a cell, and the grid or plot at the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol

from PIL import Image

from webui.engine.series_record import Cell, Series
from webui.errors import InvalidRequest, WebUIError
from webui.generation.loopback import loop_request, loop_strength, plan_batch
from webui.generation.plot import AXIS_NAMES, Axis, describe_plot, plan_plot
from webui.generation.plot_axes import AxisType
from webui.generation.request import GenerationRequest
from webui.generation.series import BatchOptions, LoopbackOptions, Options, PlotOptions, SweepOptions
from webui.generation.sweep import largest_jump, plan_sweep, sweep_strengths, tipping_sentence
from webui.generation.ways import FromPicture
from webui.imaging.grid import Page, contact_sheet
from webui.imaging.line_plot import Movement, movement_plot
from webui.imaging.reading import flattened
from webui.imaging.similarity import ssim

Results = Sequence[Image.Image | str]
"""Each cell's picture, or why it has none."""
Prepare = Callable[[GenerationRequest], GenerationRequest]


class Desk(Protocol):
    """What a series asks while it is planned."""

    def prepare(self, request: GenerationRequest) -> GenerationRequest:
        """The request, ready for the queue; raises a `WebUIError` when it cannot be made."""
        ...

    def ready(self, request: GenerationRequest) -> GenerationRequest:
        """The same for one that was prepared before: what styles and extensions change in it is in it already."""
        ...

    def plot_axes(self) -> Sequence[AxisType]:
        """Everything that a plot can vary."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """How a series begins: its first cells, how many there will be, and what its infotext says of it."""

    cells: Sequence[Cell]
    total: int
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What comes of a series: a picture or none, numbers and sentences, and more for the picture's infotext."""

    picture: Image.Image | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)


class Kind(Protocol):
    """One kind of series."""

    def begin(self, request: GenerationRequest, desk: Desk) -> Beginning:
        """The cells, ready for the queue; raises `InvalidRequest` when the series cannot be made."""
        ...

    def following(self, series: Series, last_picture: str, desk: Desk) -> Cell | None:
        """The cell after the last one, whose picture has this id; None when there is none."""
        ...

    def outcome(self, series: Series, results: Results) -> Outcome:
        """What comes of it when all cells have ended."""
        ...


@dataclass(frozen=True, slots=True)
class _Plot:
    options: PlotOptions

    def begin(self, request: GenerationRequest, desk: Desk) -> Beginning:
        axes = self.options.axes(desk.plot_axes())
        plot = plan_plot(request, axes)
        cells = []
        for cell in plot.cells:
            labels = tuple(axis.labels[at] for axis, at in zip(axes, cell.place, strict=True))
            ready = _prepared(cell.request, desk, axes, labels) if cell.request is not None else None
            cells.append(Cell(labels=labels, request=ready, place=cell.place, problem=cell.problem))
        return Beginning(cells=cells, total=len(cells), said=describe_plot(axes))

    def following(self, series: Series, last_picture: str, desk: Desk) -> Cell | None:
        return None

    def outcome(self, series: Series, results: Results) -> Outcome:
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
class _Sweep:
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

    def following(self, series: Series, last_picture: str, desk: Desk) -> Cell | None:
        return None

    def outcome(self, series: Series, results: Results) -> Outcome:
        strengths = self._strengths
        pictures = [result if isinstance(result, Image.Image) else None for result in results]
        distances = [_distance(*pair) for pair in pairwise(pictures)]
        jump = largest_jump(strengths, distances)
        sentence = tipping_sentence(strengths, jump)
        picture = movement_plot(
            Movement(
                title=sentence,
                labels=[cell.labels[0] for cell in series.cells],
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
class _Loopback:
    options: LoopbackOptions

    def begin(self, request: GenerationRequest, desk: Desk) -> Beginning:
        options = self.options
        said = {
            "Script": "Loopback", "Loops": str(options.loops),
            "Final denoising strength": f"{options.final_strength:g}",
            "Denoising strength curve": options.curve.value,
        }  # fmt: skip
        return Beginning(cells=[self._cell(request, 0, None, desk.prepare)], total=options.loops, said=said)

    def following(self, series: Series, last_picture: str, desk: Desk) -> Cell | None:
        loop = len(series.cells)
        if loop >= self.options.loops:
            return None
        return self._cell(series.wanted.request, loop, last_picture, desk.ready)  # prepared with the series

    def outcome(self, series: Series, results: Results) -> Outcome:
        sheet = contact_sheet([Page([results])], columns=[cell.labels[0] for cell in series.cells])
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
class _Batch:
    options: BatchOptions

    def begin(self, request: GenerationRequest, desk: Desk) -> Beginning:
        requests = plan_batch(request, self.options.pictures)
        cells = [Cell(labels=(str(number),), request=desk.prepare(one)) for number, one in enumerate(requests, 1)]
        return Beginning(cells=cells, total=len(cells))

    def following(self, series: Series, last_picture: str, desk: Desk) -> Cell | None:
        return None

    def outcome(self, series: Series, results: Results) -> Outcome:
        return Outcome()


def kind_of(options: Options) -> Kind:
    """What makes a series with these options."""
    if isinstance(options, PlotOptions):
        return _Plot(options)
    if isinstance(options, SweepOptions):
        return _Sweep(options)
    return _Loopback(options) if isinstance(options, LoopbackOptions) else _Batch(options)


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
