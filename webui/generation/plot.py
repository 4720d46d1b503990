"""The X/Y/Z plot: up to three parameters of a request, with a picture for each combination of their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from webui.errors import InvalidRequest
from webui.generation.plot_axes import NOTHING, AxisType, Values, find_axis
from webui.generation.plot_values import shortened, split_values
from webui.generation.request import GenerationRequest

MAX_CELLS = 100
AXIS_NAMES = ("x", "y", "z")


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis with its values, read.

    Args:
        field: "x", "y" or "z".
        type: which parameter it changes.
        values: of the type's own kind.
        text: the values as they were typed, for the infotext.
    """

    field: str
    type: AxisType
    values: tuple[Any, ...]
    text: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """A text for each value."""
        return tuple(self.type.label(value) for value in self.values)


@dataclass(frozen=True, slots=True)
class Cell:
    """A place of the plot, counted from 0 along x, y and z, and what makes its picture, or why nothing can."""

    place: tuple[int, int, int]
    request: GenerationRequest | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """A plan: the axes, and all cells in the order in which they are to be made."""

    axes: tuple[Axis, Axis, Axis]
    cells: tuple[Cell, ...]

    @property
    def size(self) -> tuple[int, int, int]:
        """How many values each axis has."""
        x, y, z = (len(axis.values) for axis in self.axes)
        return x, y, z


def read_axis(field: str, name: str, text: str, known_axes: Sequence[AxisType]) -> Axis:
    """An axis from its type's name and the list of values as it was typed.

    Raises:
        InvalidRequest: naming the axis and the value that cannot be used; `field` is the axis.
    """
    kind = find_axis(name, known_axes)
    if kind is None:
        known = ", ".join(axis.name for axis in known_axes)
        raise InvalidRequest(
            f"{field.upper()} axis: there is no parameter '{shortened(name)}' to vary.",
            hint=f"Choose one of {known}.", field=field,
        )  # fmt: skip
    if kind.name == NOTHING:
        return Axis(field, kind, (None,))
    try:
        entries = split_values(text)
        if not entries:
            raise ValueError("there are no values")
        return Axis(field, kind, tuple(kind.read(entries)), text.strip())
    except ValueError as error:
        raise _unusable(field, kind, str(error)) from error


def plan_plot(request: GenerationRequest, axes: Sequence[Axis]) -> Plot:
    """Every combination of the axes' values, put into the request, one picture each.

    Combinations that cannot be made (a sampler that cannot follow a schedule type) stay as cells with a problem. The
    dearest axis is the outermost of the order, so that models change least often; the seed is the request's in all
    cells, unless an axis varies it.

    Raises:
        InvalidRequest: naming the axis and the value with which no cell at all can be made; or too many cells.
    """
    x, y, z = axes
    sizes = [len(axis.values) for axis in axes]
    if sizes[0] * sizes[1] * sizes[2] > MAX_CELLS:
        raise InvalidRequest(
            f"The plot would have {sizes[0] * sizes[1] * sizes[2]:,} pictures; at most {MAX_CELLS} are made.",
            hint="Give fewer values.", field=next(axis.field for axis in axes if len(axis.values) == max(sizes)),
        )  # fmt: skip
    _check_words(request, axes)
    # Stable: of axes that cost the same, z is outermost and x innermost.
    outermost_first = sorted((2, 1, 0), key=lambda index: -axes[index].type.cost)
    base = request.model_dump() | {"batch_size": 1, "batch_count": 1}
    cells = []
    for found in product(*(range(sizes[index]) for index in outermost_first)):
        at = dict(zip(outermost_first, found, strict=True))
        cells.append(_cell(base, axes, (at[0], at[1], at[2])))
    plot = Plot((x, y, z), tuple(cells))
    _check_values(plot)
    return plot


def describe_plot(axes: Sequence[Axis]) -> dict[str, str]:
    """What the grid's infotext says of its axes, with A1111's keys."""
    said = {"Script": "X/Y/Z plot"}
    for axis in axes:
        if axis.type.name == NOTHING:
            continue
        name = axis.field.upper()
        said |= {f"{name} Type": axis.type.name, f"{name} Values": axis.text}
        if axis.type.name in ("Seed", "Var. seed"):
            said[f"Fixed {name} Values"] = ", ".join(str(value) for value in axis.values)
    return said


def _cell(base: Mapping[str, Any], axes: Sequence[Axis], place: tuple[int, int, int]) -> Cell:
    values: Values = dict(base)
    try:
        for axis, index in zip(axes, place, strict=True):
            axis.type.change(values, axis.values[index])
        return Cell(place, GenerationRequest.parse(values))
    except InvalidRequest as error:
        return Cell(place, None, str(error))
    except ValueError as error:
        return Cell(place, None, f"{error}.")


def _check_values(plot: Plot) -> None:
    """A value that works in no combination is a mistake of the user's, to be told before anything is made."""
    for index, axis in enumerate(plot.axes):
        for number in range(len(axis.values)):
            cells = [cell for cell in plot.cells if cell.place[index] == number]
            if axis.type.name != NOTHING and all(cell.request is None for cell in cells):
                raise _unusable(axis.field, axis.type, f"{axis.labels[number]}: {cells[0].problem.rstrip('.')}")


def _check_words(request: GenerationRequest, axes: Sequence[Axis]) -> None:
    """The word that is sought must be there, else all pictures would be the same."""
    hires = (request.hires.prompt, request.hires.negative_prompt) if request.hires else ()
    for axis in axes:
        if axis.type.name == "Prompt S/R":
            sought = axis.values[0][0]
            if not any(sought in text for text in (request.prompt, request.negative_prompt, *hires)):
                raise _unusable(axis.field, axis.type, f"'{shortened(sought)}' is not in the prompts")


def _unusable(field: str, kind: AxisType, what: str) -> InvalidRequest:
    hint = f"Write them like: {kind.example}" if kind.example else ""
    return InvalidRequest(f"{field.upper()} axis, {kind.name}: {what}.", hint=hint, field=field)
