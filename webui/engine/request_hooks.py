"""What extensions have to say of requests, infotexts and plots: the web process's hooks as the engine calls them."""

from collections.abc import Mapping, Sequence
from functools import partial

from webui.engine.builtin_hooks.plot_axes import PlotAxes
from webui.engine.builtin_hooks.styles import Styles
from webui.engine.extension_axes import axes_problem, guarded_axis
from webui.engine.found_fields import fields_problem, with_found
from webui.engine.request_changes import FindModels, changed, judged_extras, problem_of
from webui.extensions.controls import Control
from webui.extensions.extensions import Extensions
from webui.generation.infotext_fields import InfotextFields
from webui.generation.plot_axes import AxisType
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromStep
from webui.library.prompt_files import PromptFiles


class RequestHooks:
    """Joins requests with the extensions that are on, Darkroom's own hooks among them.

    Args:
        extensions: those that there are.
        files: has the styles.
        find_models: looks for the models that extensions name in requests.
    """

    def __init__(self, extensions: Extensions, files: PromptFiles, *, find_models: FindModels = lambda _: None) -> None:
        self._extensions = extensions
        self._find_models = find_models
        self._host = extensions.web
        self._host.add_builtin("styles", Styles(files))
        self._host.add_builtin("plot_axes", PlotAxes(extensions.controls))

    def prepared(self, request: GenerationRequest) -> GenerationRequest:
        """The request with its extras judged and with what extensions change in it.

        What starts from a recorded step has that in it already: it is not changed once more, so that a walk that goes
        on with nothing changed gives the very same picture.

        Raises:
            InvalidRequest: a control does not take its value, there is no such style, an extension refuses the request,
                or two extensions change one field differently.
        """
        controls = self._extensions.controls()
        if request.extras:
            request = request.with_changes(extras=judged_extras(request.extras, controls))
        recorded = isinstance(request.start, FromStep)
        for builtins in (True,) if recorded else (True, False):  # extensions see what styles have made of the prompts
            shown = request.model_copy(deep=True)  # a frozen model can be written to by those who insist
            check = partial(problem_of, request, controls=controls, find_models=self._find_models)
            answers = self._host.gather("prepare_request", builtins=builtins, check=check, request=shown)
            request = changed(request, {gathered.extension: gathered.value for gathered in answers})
        return request

    def controls(self) -> Mapping[str, Sequence[Control]]:
        """The controls of the extensions that are on, by the extension's name."""
        return self._extensions.controls()

    def notes(self, request: GenerationRequest) -> list[str]:
        """A sentence for each value of the request that nobody uses."""
        known = {name: {control.name for control in controls} for name, controls in self._extensions.controls().items()}
        away = [f"{name} is not on: its values were not used." for name in request.extras if name not in known]
        return away + [
            f"{name} has no control '{control}': its value was not used."
            for name, values in request.extras.items()
            for control in values
            if name in known and control not in known[name]
        ]

    def plot_axes(self) -> list[AxisType]:
        """Everything that a plot can vary; of two axes of one name the first counts."""
        axes: dict[str, AxisType] = {}
        for gathered in self._host.gather("register_plot_axes", builtins=True):
            axes |= {axis.name.casefold(): axis for axis in gathered.value}
        for gathered in self._host.gather("register_plot_axes", builtins=False, check=axes_problem):
            for axis in gathered.value:
                axes.setdefault(axis.name.casefold(), guarded_axis(self._host, gathered.extension, axis))
        return list(axes.values())

    def understood(self, fields: InfotextFields) -> InfotextFields:
        """The fields of an infotext, with those that extensions find in what no reader of ours understood."""
        if not fields.left_over or not self._host.has("read_infotext"):
            return fields
        left_over = dict(fields.left_over)
        return with_found(fields, self._host.gather("read_infotext", check=fields_problem, fields=left_over))
