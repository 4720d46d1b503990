"""`webui models`: what models there are, and what is made of them."""

import argparse
import json
from typing import Any

from webui.cli.model_making import add_actions
from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.settings import load_settings


def add_command(commands: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the sub-command to the parser."""
    command = commands.add_parser("models", help="look at the models")
    actions = command.add_subparsers(required=True, metavar="ACTION", parser_class=type(command))
    listing = actions.add_parser("list", parents=[folders], help="list the models by name")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(run=run_list)
    add_actions(actions, folders)


def run_list(options: argparse.Namespace) -> int:
    """Prints the models, one a line, or all as JSON."""
    settings = load_settings(extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir)
    entries = Catalogue(settings.models_dirs, settings.data_dir).entries()
    if options.json:
        print(json.dumps([entry.to_json() for entry in entries], indent=1))
    elif entries:
        print("\n".join(map(_line, entries)))
    else:
        print("There are no models yet. Put a diffusers folder or a .safetensors file into models/checkpoints/.")
    return 0


def _line(entry: ModelEntry) -> str:
    about = f"{entry.family or 'unknown family'}, {entry.format}, {entry.size_bytes / 1e6:,.0f} MB"
    return f"{entry.name}  ({about})" + (f"  cannot be used: {entry.problem}" if entry.problem else "")
