"""Parses the command line and runs a sub-command; exit code 0, or 2 with one line for what the user got wrong."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from webui import __version__
from webui.cli import (
    accounts,
    explore,
    extension_command,
    extensions,
    generate,
    interrogate,
    models,
    series,
    serve,
    trajectory,
)
from webui.errors import WebUIError

WRONG_INPUT = 2
INTERRUPTED = 130


class _OneLineParser(argparse.ArgumentParser):
    """Says what was wrong in one line and leaves the usage to --help."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_INPUT, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs `python -m webui ARGUMENTS`; returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except WebUIError as error:
        print(f"{parser.prog}: {' '.join(str(error).split())}", file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(prog="webui", description="A local web UI for diffusion image models.")
    parser.add_argument("--version", action="version", version=f"Darkroom {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_OneLineParser)
    folders = _folder_options()
    serve.add_command(commands, folders)
    accounts.add_command(commands, folders)
    generate.add_command(commands, folders)
    series.add_command(commands, folders)
    explore.add_command(commands, folders)
    interrogate.add_command(commands, folders)
    models.add_command(commands, folders)
    trajectory.add_command(commands, folders)
    extensions.add_command(commands, folders)
    extension_command.add_command(commands, folders)
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
