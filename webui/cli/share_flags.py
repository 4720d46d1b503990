"""The flags of `webui serve` that open a public link."""

import argparse
from pathlib import Path
from typing import Any


def add_share_flags(command: argparse.ArgumentParser) -> None:
    """Adds them to the parser."""
    group = command.add_argument_group("public link")
    group.add_argument(
        "--share", nargs="?", const="gradio", metavar="HOW",
        help="let people in from elsewhere by a temporary link with a password: gradio (as without HOW), "
        "ssh:USER@HOST or ssh:USER@HOST:PORT",
    )  # fmt: skip
    group.add_argument("--share-key", type=Path, metavar="FILE", help="the private key for ssh")
    group.add_argument("--share-minutes", type=int, metavar="N", help="how long (default 60; 0 is until the end)")
    group.add_argument(
        "--share-level", choices=("look", "generate", "all"),
        help="what guests may do: look on, make pictures (the default), or all but administration",
    )  # fmt: skip
    group.add_argument("--share-jobs", type=int, metavar="N", help="jobs of each guest (default 20; 0 is any number)")


def share_settings(options: argparse.Namespace) -> dict[str, Any]:
    """What they say, as settings; None where nothing was said."""
    return {
        name: getattr(options, name) for name in ("share", "share_key", "share_minutes", "share_level", "share_jobs")
    }
