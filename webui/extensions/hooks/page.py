"""What stands on the page, in the API and on the command line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from webui.extensions.contributions import CliCommand, ExtensionContext, NewTunnel, Tab, Theme
from webui.extensions.hooks.marking import hookspec

if TYPE_CHECKING:
    from fastapi import APIRouter


class PageHooks:
    """What stands on the page, in the API and on the command line."""

    @hookspec
    def register_tabs(self) -> Sequence[Tab]:  # type: ignore[empty-body]
        """Add tabs to the page, made of files in `assets/`.

        Called:
            When the extension is enabled, in a process of its own that tries it out.
        Process:
            Web.
        Arguments:
            None.
        Returns:
            Tabs. They are there from the next reload of the page.
        None:
            No tabs.
        Errors:
            The extension is not enabled; its card says why.
        Example:
            @hookimpl
            def register_tabs():
                return [Tab(name="travel", label="Prompt travel", html="travel.html", script="travel.js")]
        """
        ...

    @hookspec
    def register_themes(self) -> Sequence[Theme]:  # type: ignore[empty-body]
        """Add colours that people can choose in the settings.

        Called:
            When the extension is enabled, in a process of its own that tries it out.
        Process:
            Web.
        Arguments:
            None.
        Returns:
            Themes: values of the page's CSS variables, for the light and for the dark page.
        None:
            No themes.
        Errors:
            The extension is not enabled; its card says why.
        Example:
            @hookimpl
            def register_themes():
                return [Theme(name="sepia", label="Sepia", light={"--dk-amber": "#8a5a2b"})]
        """
        ...

    @hookspec
    def register_routes(self, context: ExtensionContext) -> "APIRouter":  # type: ignore[empty-body]
        """Add addresses to the server, below `/api/v1/extensions/<name>/routes/`.

        Called:
            When the extension is enabled (to try it out) and when it is loaded. The server's guard (password, hosts,
            origins) stands before them as before all others.
        Process:
            Web.
        Arguments:
            context: as for `startup`.
        Returns:
            A router of FastAPI. It has an event loop of its own, so that what waits in it holds up no other extension.
        None:
            No addresses.
        Errors:
            None of its addresses are there; its card says why. Where a route fails it answers 500 with a sentence, and
            where it does not begin to answer within 30 seconds 504; one that blocks its loop switches it off.
        Example:
            @hookimpl
            def register_routes(context):
                router = APIRouter()

                @router.get("/count")
                def count() -> dict[str, int]:
                    return {"pictures": 3}

                return router
        """
        ...

    @hookspec
    def register_tunnels(self) -> Sequence[NewTunnel]:  # type: ignore[empty-body]
        """Add ways to make the public link, beside Gradio's server and ssh.

        Called:
            When the extension is enabled (to try it out), and when somebody opens a link by one of them; nothing is
            opened before that.
        Process:
            Web.
        Arguments:
            None.
        Returns:
            Tunnels, each with the function that opens it. What comes through them are guests who need the password.
        None:
            No tunnels.
        Errors:
            The extension is not enabled; its card says why. What `open` raises is told to whoever wanted the link, and
            nothing is opened.
        Example:
            @hookimpl
            def register_tunnels():
                def open_tunnel(port, timeout_s):
                    return OpenTunnel(url="https://pictures.example.org", close=lambda: None)

                return [NewTunnel(name="proxy", label="My proxy", open=open_tunnel)]
        """
        ...

    @hookspec
    def register_cli(self) -> Sequence[CliCommand]:  # type: ignore[empty-body]
        """Add commands to the command line: `python -m webui x <extension> <command>`.

        Called:
            When the extension is enabled (to try it out), and by `python -m webui x`.
        Process:
            Web; a command runs in the process of the command line.
        Arguments:
            None.
        Returns:
            Commands as data, each with the function that does it.
        None:
            No commands.
        Errors:
            The command line names the extension and ends with status 1.
        Example:
            @hookimpl
            def register_cli():
                return [CliCommand(name="count", help="Counts pictures.", run=lambda options, context: 0)]
        """
        ...
