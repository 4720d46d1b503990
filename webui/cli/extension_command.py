"""`webui x EXTENSION COMMAND`: what extensions that are on add to the command line."""

import argparse
import sys
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from webui.cli.extension_flags import add_folder_flag, loaded_extensions
from webui.errors import ExtensionNotFound
from webui.settings import load_settings

if TYPE_CHECKING:
    from webui.extensions.contributions import CliArgument, CliCommand
    from webui.extensions.extensions import Extensions

FAULT = 1
_TYPES = {"text": str, "whole": int, "number": float}


def add_command(commands: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the sub-command to the parser. No extension is loaded before it is used."""
    command = commands.add_parser("x", parents=[folders], help="run a command that an extension brings")
    add_folder_flag(command)
    command.add_argument("extension", metavar="EXTENSION", nargs="?", help="its name; without one, all are listed")
    command.add_argument("rest", metavar="COMMAND ...", nargs=argparse.REMAINDER, help="its command, and what it takes")
    command.set_defaults(run=lambda options: run(options, type(command)))


def run(options: argparse.Namespace, parser_class: type[argparse.ArgumentParser]) -> int:
    """Runs an extension's command; returns its exit status, or 1 where it failed."""
    settings = load_settings(
        extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir, extensions_dir=options.extensions_dir
    )
    with loaded_extensions(settings) as extensions:
        found = {each.extension: each.value for each in extensions.web.gather("register_cli")}
        if options.extension is None:
            return _list(found)
        name = extensions.card(options.extension).name
        if not found.get(name):
            raise ExtensionNotFound(
                f"{name} is not on, or brings no command.",
                hint="See webui extensions list. --data-dir and its kin stand before the extension's name.",
            )
        return _run(extensions, name, found[name], options.rest, parser_class)


def _list(found: dict[str, Sequence["CliCommand"]]) -> int:
    lines = [
        f"{name} {command.name}  {command.help}" for name, commands in sorted(found.items()) for command in commands
    ]
    print("\n".join(lines) or "No extension that is on brings a command.")
    return 0


def _run(
    extensions: "Extensions",
    name: str,
    commands: Sequence["CliCommand"],
    arguments: Sequence[str],
    parser_class: type[argparse.ArgumentParser],
) -> int:
    parser = parser_class(prog=f"webui x {name}")
    places = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=parser_class)
    for command in commands:
        place = places.add_parser(command.name, help=command.help.replace("%", "%%"))
        for argument in command.arguments:
            _add(place, argument)
        place.set_defaults(darkroom_command=command)
    values = vars(parser.parse_args(list(arguments)))
    command = values.pop("darkroom_command")
    try:
        # In this process and for as long as it takes: the person has asked for just this, and can end it with Ctrl-C.
        return int(command.run(values, extensions.context(name)) or 0)
    except Exception:
        print(f"webui x: {name} {command.name} failed:\n{traceback.format_exc()}", file=sys.stderr, end="")
        return FAULT


def _add(parser: argparse.ArgumentParser, argument: "CliArgument") -> None:
    about: dict[str, Any] = {"help": argument.help.replace("%", "%%")}
    if argument.kind == "switch":
        about["action"] = "store_true"
    else:
        about |= {"type": _TYPES[argument.kind], "default": argument.default}
        if not argument.name.startswith("-") and argument.default is not None:
            about["nargs"] = "?"
    parser.add_argument(argument.name, **about)
