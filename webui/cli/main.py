"""Parses the command line and runs a sub-command; exit code 0, or 2 with one line for what the user got wrong."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from webui import __version__
from webui.errors import WebUIError

COMMANDS = {
    "serve": "webui.cli.serve",
    "accounts": "webui.cli.accounts",
    "generate": "webui.cli.generate",
    "series": "webui.cli.series",
    "explore": "webui.cli.explore",
    "interrogate": "webui.cli.interrogate",
    "models": "webui.cli.models",
    "trajectory": "webui.cli.trajectory",
    "extensions": "webui.cli.extensions",
    "x": "webui.cli.extension_command",
}
"""The sub-commands and their modules. Only that of the one that is run is imported, so that a start is seen early."""

WRONG_INPUT = 2
INTERRUPTED = 130


class _OneLineParser(argparse.ArgumentParser):
    """Says what was wrong in one line and leaves the usage to --help."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_INPUT, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs `python -m webui ARGUMENTS`; returns the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    parser = _parser(given[0] if given else "")
    options = parser.parse_args(given)
    try:
        return options.run(options)
    except WebUIError as error:
        print(f"{parser.prog}: {' '.join(str(error).split())}", file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser(command: str) -> argparse.ArgumentParser:
    """That of a sub-command, or of all where it is none: they are told of in the help, and to who asks for another."""
    parser = _OneLineParser(prog="webui", description="A local web UI for diffusion image models.")
    parser.add_argument("--version", action="version", version=f"Darkroom {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_OneLineParser)
    folders = _folder_options()
    for module in [COMMANDS[command]] if command in COMMANDS else COMMANDS.values():
        import_module(module).add_command(commands, folders)
    return parser


def _folder_options() -> argparse.ArgumentParser:
    """The options that every sub-command takes."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument(
        "--models-dir", type=Path, action="append", default=[], metavar="DIR",
        help="a further folder with models; may be given several times",
    )  # fmt: skip
    options.add_argument("--data-dir", type=Path, metavar="DIR", help="where pictures, database and settings are kept")
    return options
