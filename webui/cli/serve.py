"""`webui serve`: start the web UI."""

import argparse
from typing import Any

from webui.cli.access_flags import access_settings, add_access_flags
from webui.cli.extension_flags import add_extension_flags, extension_settings
from webui.cli.share_flags import add_share_flags, share_settings
from webui.settings import load_settings


def add_command(commands: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the sub-command to the parser."""
    command = commands.add_parser("serve", parents=[folders], help="start the web UI")
    command.add_argument(
        "--port", type=int, metavar="P", help="the port to listen on (default 7860; 0 takes a free one)"
    )
    command.add_argument("--no-browser", action="store_true", help="do not open the page in the browser")
    add_access_flags(command)
    add_share_flags(command)
    add_extension_flags(command)
    command.add_argument(
        "--allow-remote-extensions", action="store_true",
        help="let people install and switch on extensions who are not at this computer: programs, with your rights",
    )  # fmt: skip
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serves until Ctrl-C or SIGTERM.

    Raises:
        StartFailed: the server cannot start; the sentence says why.
    """
    from webui.server.serve import serve

    settings = load_settings(
        extra_models_dirs=tuple(options.models_dir),
        data_dir=options.data_dir,
        port=options.port,
        open_browser=False if options.no_browser else None,
        extensions_from_afar=options.allow_remote_extensions or None,
        **access_settings(options),
        **share_settings(options),
        **extension_settings(options),
    )
    serve(settings)
    return 0
