"""What is asked for, and what pictures say of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from webui.extensions.contributions import PromptSyntax
from webui.extensions.controls import Scalar
from webui.extensions.hooks.marking import hookspec
from webui.generation.plot_axes import AxisType
from webui.generation.request import GenerationRequest


class RequestHooks:
    """What is asked for, and what pictures say of it."""

    @hookspec
    def prepare_request(self, request: GenerationRequest, values: Mapping[str, Scalar]) -> Mapping[str, Any] | None:
        """Change what is asked for, before the job is accepted.

        Called:
            For each request, once its values are known to be good and its styles are in its prompts, before the job is
            queued; not for one that goes on from a recorded step. A request may have been prepared before, as when a
            picture is made again: preparing it twice must give the same.
        Process:
            Web, in the thread that accepts the job.
        Arguments:
            request: what is asked for; it is frozen.
            values: of this extension's controls.
        Returns:
            The fields to change, by name. The request is judged again with them. What `extras` has is put into the
            request's own, control by control, where None stands for a control's default. Two extensions that change one
            field or control to different values are an error that names both.
        None:
            Nothing to change.
        Errors:
            InvalidRequest is told to the person, who has asked for something that cannot be. After any other the job is
            accepted as if the extension were not there, and its card says why.
        Example:
            @hookimpl
            def prepare_request(request, values):
                if values["sharp"] and "sharp focus" not in request.prompt:
                    return {"prompt": request.prompt + ", sharp focus"}
        """

    @hookspec
    def register_prompt_syntax(self) -> Sequence[PromptSyntax]:  # type: ignore[empty-body]
        """Add something to write in prompts.

        Called:
            When the extension is loaded; `resolve` once for each prompt and negative prompt of each picture, before
            brackets and weights are read. One after the other, in the order of the extensions.
        Process:
            Worker, in the thread that makes pictures.
        Arguments:
            None.
        Returns:
            Syntaxes. `resolve(text, picture)` gives the text with it replaced; the same text and picture (its seed, its
            place in the job) must give the same.
        None:
            No syntax.
        Errors:
            InvalidRequest from `resolve` is told to the person. After any other error the text stays as it was.
        Example:
            @hookimpl
            def register_prompt_syntax():
                def resolve(text, picture):
                    return text.replace("<number>", str(picture.index + 1))

                return [PromptSyntax(name="number", resolve=resolve)]
        """
        ...

    @hookspec
    def register_plot_axes(self) -> Sequence[AxisType]:  # type: ignore[empty-body]
        """Add parameters that an X/Y/Z plot can vary.

        Called:
            When the extension is enabled (to try it out) and when it is loaded; the functions when a plot is planned.
        Process:
            Web.
        Arguments:
            None.
        Returns:
            Axes.
        None:
            No axes.
        Errors:
            None of its axes are there. ValueError from `read` and `change` is told to the person.
        Example:
            @hookimpl
            def register_plot_axes():
                def change(fields, value):
                    extras = dict(fields.get("extras", {}))
                    fields["extras"] = extras | {"film_grain": dict(extras.get("film_grain", {})) | {"amount": value}}

                return [AxisType(name="Grain", read=lambda entries: [float(each) for each in entries], change=change)]
        """
        ...

    @hookspec
    def write_infotext(self, request: GenerationRequest, values: Mapping[str, Scalar]) -> Mapping[str, str]:  # type: ignore[empty-body]
        """Add fields to the infotext that a picture carries.

        Called:
            For each finished picture, before it is written.
        Process:
            Worker, in the thread that makes pictures.
        Arguments:
            request: of that picture alone, with its own seed.
            values: of this extension's controls.
        Returns:
            At most 50 fields, name to text: names of letters, digits, spaces, _, - and /. Those that the infotext has
            already are left as they are.
        None:
            No fields.
        Errors:
            The picture is written without them; the extension's card says why.
        Example:
            @hookimpl
            def write_infotext(request, values):
                return {"Grain": f"{values['amount']:g}"} if values["amount"] else {}
        """
        ...

    @hookspec
    def read_infotext(self, fields: Mapping[str, str]) -> Mapping[str, Any] | None:
        """Understand fields of an infotext, for example those of another program.

        Called:
            For each infotext that is read and has fields that Darkroom does not know.
        Process:
            Web.
        Arguments:
            fields: those that it does not know, as they stand in the infotext, name to text.
        Returns:
            Fields of a request, as for `prepare_request`; what the infotext's reader found itself stays.
        None:
            Nothing is understood.
        Errors:
            The infotext is read without the extension; its card says why.
        Example:
            @hookimpl
            def read_infotext(fields):
                if "Grain" in fields:
                    return {"extras": {"film_grain": {"amount": float(fields["Grain"])}}}
        """
