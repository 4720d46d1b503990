"""`webui trajectory`: look at a recording of a walk, export its steps, or take it up again. FILE may lie anywhere."""

import argparse
import json
from pathlib import Path
from typing import Any

from webui.cli import recording_export, resume
from webui.cli.recording_file import sides_of, summary_of
from webui.cli.recording_text import recording_text
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.recording_models import RecordingModels
from webui.settings import load_settings


def add_command(commands: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the sub-command to the parser."""
    command = commands.add_parser("trajectory", help="look at, export or take up the recording of a walk")
    actions = command.add_subparsers(required=True, metavar="ACTION", parser_class=type(command))
    info = actions.add_parser("info", parents=[folders], help="what a recording says of itself")
    info.add_argument("file", type=Path, help="a recording (.safetensors)")
    info.add_argument("--json", action="store_true", help="print JSON")
    info.set_defaults(run=run_info)
    recording_export.add_command(actions, folders)
    resume.add_command(actions, folders)


def run_info(options: argparse.Namespace) -> int:
    """Prints what a recording is of; needs neither its model nor torch.

    Raises:
        InvalidRequest: there is no such file.
        TrajectoryUnreadable: it is no recording, truncated, or says what cannot be.
    """
    settings = load_settings(extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir)
    summary = summary_of(options.file)
    state = RecordingModels(Catalogue(settings.models_dirs, settings.data_dir)).state(summary.header.model)
    size, sides = options.file.stat().st_size, sides_of(options.file, summary)
    if options.json:
        derived = {
            "positions": summary.positions, "sigmas": summary.sigmas, "sizes": sides, "model_state": state,
            "bytes": size,
        }  # fmt: skip
        print(json.dumps(summary.model_dump(mode="json") | derived, ensure_ascii=False))
    else:
        print(recording_text(summary, state, size, sides))
    return 0
