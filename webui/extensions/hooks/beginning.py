"""Beginning and ending, and what an extension can be told."""

from collections.abc import Sequence

from webui.extensions.contributions import ExtensionContext
from webui.extensions.controls import Control
from webui.extensions.hooks.marking import hookspec


class BeginningHooks:
    """Beginning and ending, and what an extension can be told."""

    @hookspec
    def startup(self, context: ExtensionContext) -> None:
        """Begin: keep the context, open what is needed later.

        Called:
            Once, right after the file was loaded: when the program starts, when the extension is enabled, and in the
            worker whenever a new worker starts.
        Process:
            Web and worker, each for its own file; before anything else is called in that process.
        Arguments:
            context: the extension's name, folder, data folder, settings and log.
        Returns:
            Nothing.
        None:
            The only answer.
        Errors:
            The extension is not used in that process until the next start; its card says why.
        Example:
            @hookimpl
            def startup(context):
                context.log.info("ready, with %s", dict(context.settings))
        """

    @hookspec
    def shutdown(self) -> None:
        """End: close what `startup` opened.

        Called:
            Once, before the process ends or the extension is disabled. Not when the process is killed.
        Process:
            Web and worker, each for its own file.
        Arguments:
            None.
        Returns:
            Nothing.
        None:
            The only answer.
        Errors:
            They are written into the log; the process ends all the same. When the server ends, all extensions together
            have 5 seconds in the web process.
        Example:
            @hookimpl
            def shutdown():
                connection.close()
        """

    @hookspec
    def register_settings(self) -> Sequence[Control]:  # type: ignore[empty-body]
        """Say what people can set for good, on the extension's card.

        Called:
            When the extension is enabled, in a process of its own that tries it out.
        Process:
            Web.
        Arguments:
            None.
        Returns:
            Controls. Their values are in `context.settings`, by name.
        None:
            No settings.
        Errors:
            The extension is not enabled; its card says why.
        Example:
            @hookimpl
            def register_settings():
                return [Text("service", "Address of the service", default="http://127.0.0.1:9000")]
        """
        ...

    @hookspec
    def register_controls(self) -> Sequence[Control]:  # type: ignore[empty-body]
        """Say what people can choose for each picture: the page draws it, the API and the command line know it.

        Called:
            When the extension is enabled, in a process of its own that tries it out.
        Process:
            Web.
        Arguments:
            None.
        Returns:
            Controls. Their values travel in `request.extras[name of the extension]` and come as `values` to the hooks.
        None:
            No controls.
        Errors:
            The extension is not enabled; its card says why.
        Example:
            @hookimpl
            def register_controls():
                return [Slider("amount", "Amount of grain", 0.0, 1.0, 0.05, default=0.0)]
        """
        ...
