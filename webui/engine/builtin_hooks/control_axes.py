"""An axis of a plot for a control of an extension: `film_grain: amount`."""

from collections.abc import Callable, Sequence
from typing import Any

from webui.errors import InvalidRequest
from webui.extensions.controls import Choice, Control, Number, Slider, Switch, Text
from webui.generation.plot_axes import AxisType, Values
from webui.generation.plot_values import numbers, shown, switches, whole_numbers


def control_axis(extension: str, control: Control) -> AxisType:
    """The axis that varies a control in `request.extras`; it takes the values that the control takes."""

    def change(values: Values, value: Any) -> None:
        extras = dict(values.get("extras") or {})
        values["extras"] = extras | {extension: {**extras.get(extension, {}), control.name: value}}

    return AxisType(
        name=f"{extension}: {control.name}",
        read=_reader(control),
        change=change,
        example=_example(control),
        label=lambda value: f"{control.label}: {_shown(value)}",
        aliases=(f"{extension}:{control.name}", f"{extension}.{control.name}"),
        choices=control.choices if isinstance(control, Choice) else (),
    )


def _reader(control: Control) -> Callable[[list[str]], Sequence[Any]]:
    def read(entries: list[str]) -> Sequence[Any]:
        try:
            return [control.checked(value, control.label) for value in _values(control, entries)]
        except InvalidRequest as error:
            raise ValueError(error.message.rstrip(".")) from error

    return read


def _values(control: Control, entries: list[str]) -> Sequence[Any]:
    """The entries as values of the kind that the control has."""
    match control:
        case Slider() | Number():
            return whole_numbers(entries) if control.whole else numbers(entries)
        case Switch():
            return switches(entries)
        case Choice():
            known = {choice.casefold(): choice for choice in control.choices}
            return [known.get(entry.casefold(), entry) for entry in entries]
        case Text():
            return entries


def _example(control: Control) -> str:
    match control:
        case Slider() | Number():
            return f"{shown(control.minimum)}-{shown(control.maximum)} [3]"
        case Switch():
            return "yes, no"
        case Choice():
            return ", ".join(control.choices[:3])
        case Text():
            return "one, another"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shown(value) if isinstance(value, float) else str(value)
