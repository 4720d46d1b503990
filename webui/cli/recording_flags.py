"""The flags that say what is recorded of the walks, and where to."""

import argparse
from pathlib import Path
from typing import get_args

from webui.cli.making import Recording
from webui.errors import InvalidRequest
from webui.settings import Record, Settings


def add_recording_flags(command: argparse.ArgumentParser) -> None:
    """Adds the flags to a sub-command."""
    command.add_argument(
        "--trajectory", type=Path, metavar="FILE", help="record the walk to this file, every step of it (.safetensors)"
    )
    command.add_argument(
        "--record", choices=get_args(Record),
        help="what is recorded: nothing, every step, or what the prompt and the negative prompt said at each step too",
    )  # fmt: skip


def wanted_recording(options: argparse.Namespace, settings: Settings) -> Recording:
    """What the flags ask for. Pictures of the outputs folder are recorded as the settings say; others when asked for.

    Raises:
        InvalidRequest: a file is named for a recording that is not wanted.
    """
    if options.trajectory is not None and options.record == "off":
        raise InvalidRequest(
            "record: off means that nothing is recorded, but --trajectory names a file for it.",
            hint="Leave one of the two out.", field="record",
        )  # fmt: skip
    usual = "steps" if options.trajectory else "off" if options.out else settings.record
    return Recording(record=options.record or usual, file=options.trajectory)
