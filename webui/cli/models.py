"""`webui models`: what models there are, and what is made of them."""

import argparse
import json
from typing import Any

from webui.cli.model_download import add_download
from webui.cli.model_inspecting import add_inspect
from webui.cli.model_making import add_actions
from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.model_manager.catalogue.model_entry import CHECKPOINT, KINDS
from webui.settings import load_settings


def add_command(commands: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the sub-command to the parser."""
    command = commands.add_parser("models", help="look at the models")
    actions = command.add_subparsers(required=True, metavar="ACTION", parser_class=type(command))
    listing = actions.add_parser("list", parents=[folders], help="list the models by name")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.add_argument("--kind", choices=(*KINDS, "all"), default=CHECKPOINT, help="which models (checkpoint)")
    listing.set_defaults(run=run_list)
    add_inspect(actions, folders)
    add_actions(actions, folders)
    add_download(actions, folders)


def run_list(options: argparse.Namespace) -> int:
    """Prints the models, one a line, or all as JSON."""
    settings = load_settings(extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir)
    catalogue = Catalogue(settings.models_dirs, settings.data_dir)
    catalogue.rescan()
    entries = catalogue.everything() if options.kind == "all" else catalogue.entries(options.kind)
    if options.json:
        print(json.dumps([entry.to_json() for entry in entries], indent=1))
    elif entries:
        print("\n".join(map(_line, entries)))
    else:
        print(_none(options.kind))
    return 0


def _none(kind: str) -> str:
    if kind in (CHECKPOINT, "all"):
        return "There are no models yet. Put a diffusers folder or a .safetensors file into models/checkpoints/."
    return f"There are no models of the kind {kind} yet."


def _line(entry: ModelEntry) -> str:
    if entry.kind == CHECKPOINT:
        known = entry.family or "unknown family"
    else:
        known = ", ".join(each for each in (entry.kind, entry.base, entry.form) if each)
    about = f"{known}, {entry.format}, {entry.size_bytes / 1e6:,.0f} MB"
    return f"{entry.name}  ({about})" + (f"  cannot be used: {entry.problem}" if entry.problem else "")
