"""What a plot can vary, by `register_plot_axes`: what every request has, and the controls of extensions."""

from collections.abc import Callable, Mapping, Sequence

from webui.engine.builtin_hooks.control_axes import control_axis
from webui.extensions.controls import Control
from webui.extensions.hookspecs import hookimpl
from webui.generation.plot_axes import AXES, AxisType

Controls = Callable[[], Mapping[str, Sequence[Control]]]
"""The controls of the extensions that are on, by the extension's name."""


class PlotAxes:
    """The hook.

    Args:
        controls: those that there are now.
    """

    def __init__(self, controls: Controls) -> None:
        self._controls = controls

    @hookimpl
    def register_plot_axes(self) -> Sequence[AxisType]:
        """Every axis that no extension has made itself."""
        return [
            *AXES,
            *(control_axis(name, control) for name, controls in self._controls().items() for control in controls),
        ]
