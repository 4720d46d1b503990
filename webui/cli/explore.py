"""`webui explore`: places in latent space, by a map of ideas or along a journey, without a server."""

import argparse
from typing import Any

from webui.cli import explore_journey, explore_map


def add_command(commands: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the sub-command to the parser."""
    command = commands.add_parser("explore", help="make the pictures of a map of ideas, or travel between them")
    actions = command.add_subparsers(required=True, metavar="ACTION", parser_class=type(command))
    explore_map.add_command(actions, folders)
    explore_journey.add_command(actions, folders)
