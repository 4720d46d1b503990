"""Axes of plots that extensions bring: what they may be, and how their functions are called without harm."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from webui.extensions.faults import ExtensionFailed
from webui.extensions.host import ExtensionHost
from webui.generation.plot_axes import AxisType
from webui.generation.plot_values import MAX_VALUES, shortened

_MAX_LABEL = 200


def axes_problem(axes: Sequence[AxisType]) -> str:
    """Why these axes cannot be used, in words that follow "gave"; "" where they can."""
    for axis in axes:
        texts = (axis.name, axis.example, *axis.aliases, *axis.choices)
        if not axis.name or not all(isinstance(text, str) for text in texts) or not isinstance(axis.cost, int):
            return "an axis whose name, example, aliases, choices or cost are of another kind."
    return ""


def guarded_axis(host: ExtensionHost, extension: str, axis: AxisType) -> AxisType:
    """The axis with its functions called by the host. Where one fails, that is told as of a value that is wrong."""
    what = f"the axis {axis.name}"

    def read(entries: list[str]) -> Sequence[Any]:
        return _called(host, extension, what, lambda: list(islice(axis.read(entries), MAX_VALUES)))

    def change(values: dict[str, Any], value: Any) -> None:
        _called(host, extension, what, lambda: axis.change(values, value))

    def label(value: Any) -> str:
        try:
            return shortened(str(_called(host, extension, what, lambda: axis.label(value))), _MAX_LABEL)
        except ValueError:
            return shortened(repr(value), _MAX_LABEL)

    return AxisType(
        name=axis.name, read=read, change=change, example=axis.example, label=label, cost=axis.cost,
        aliases=axis.aliases, choices=axis.choices,
    )  # fmt: skip


def _called(host: ExtensionHost, extension: str, what: str, function: Callable[[], Any]) -> Any:
    """What the function gives.

    Raises:
        ValueError: it raised one, which is for the person who typed the values, or it failed.
    """
    refusals: list[ValueError] = []

    def attempt() -> Any:
        try:
            return function()
        except ValueError as error:
            refusals.append(error)

    try:
        answer = host.call(extension, what, attempt)
    except ExtensionFailed as error:
        raise ValueError(str(error).rstrip(".")) from error
    if refusals:
        raise ValueError(shortened(str(refusals[0]), _MAX_LABEL)) from refusals[0]
    return answer
