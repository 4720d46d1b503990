"""`webui trajectory resume`: go on from a recorded step, as it was or with something changed."""

import argparse
import sys
from pathlib import Path
from typing import Any

from webui.cli.extension_flags import add_extension_flags, extension_settings, loaded_extensions
from webui.cli.making import Making, show_failure, shown
from webui.cli.recording_file import RecordingFile, weights_for
from webui.cli.recording_flags import add_recording_flags, wanted_recording
from webui.engine.request_hooks import RequestHooks
from webui.errors import InvalidRequest, WebUIError
from webui.generation.exported_steps import picture_request
from webui.generation.request import GenerationRequest
from webui.generation.trajectory import TrajectorySummary
from webui.generation.ways import FromStep
from webui.library.prompt_files import PromptFiles
from webui.model_manager.catalogue import Catalogue
from webui.settings import Settings, load_settings

_FIELDS = {
    "prompt": "another prompt; LoRAs are named in it",
    "negative_prompt": "another negative prompt",
    "cfg_scale": "another guidance scale",
    "seed": "another seed, for the noise of the rest of the way",
    "sampler": "another sampler: goes on from the nearest level of noise",
    "schedule": "another schedule type: likewise",
    "steps": "another number of steps of the whole way: likewise",
}


def add_command(actions: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the sub-command to the parser."""
    command = actions.add_parser("resume", parents=[folders], help="go on from a step, as it was or changed")
    command.add_argument("file", type=Path, help="a recording (.safetensors)")
    command.add_argument("--from-step", type=int, required=True, metavar="K", help="the step to go on from")
    command.add_argument("--picture", type=int, metavar="N", help="this one alone of those that walked together")
    for field, about in _FIELDS.items():
        command.add_argument(f"--{field.replace('_', '-')}", dest=field, help=about)
    command.add_argument("--model", metavar="NAME", help="another model of the same kind")
    command.add_argument("--out", type=Path, required=True, metavar="FILE", help="the PNG to write")
    add_recording_flags(command)
    add_extension_flags(command)
    command.add_argument("--json", action="store_true", help="print one JSON event a line")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Makes the picture and prints where it is.

    Raises:
        WebUIError: the recording, its model or a value cannot be used, or a file cannot be written.
    """
    show = shown(options.json)
    try:
        settings = load_settings(
            extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir, **extension_settings(options)
        )
        recording = RecordingFile(settings.data_dir, options.file)
        request = _request(options, settings, recording.summary)
        wanted = wanted_recording(options, settings)
        if wanted.file is not None and wanted.file.resolve() == options.file.resolve():
            raise InvalidRequest(
                "trajectory: the new recording cannot take the place of the one that is taken up.",
                hint="Name another file.", field="trajectory",
            )  # fmt: skip
        with loaded_extensions(settings) as extensions:
            hooks = RequestHooks(extensions, PromptFiles(settings.data_dir))
            making = Making(extensions, hooks, out=options.out, recording=wanted, show=show, recordings=recording)
            making.make(request)
    except WebUIError as error:
        if options.json:
            show_failure(error, show)
        raise
    return 0


def _request(options: argparse.Namespace, settings: Settings, summary: TrajectorySummary) -> GenerationRequest:
    """What was recorded, from the step on, with the changes that are given."""
    pictures = len(summary.header.seeds)
    _check("from-step", options.from_step, summary.positions, "steps")
    _check("picture", options.picture or 0, pictures - 1, "pictures")
    whole = _together(summary) if options.picture is None else picture_request(summary, options.picture)
    start = FromStep(trajectory=summary.header.id, step=options.from_step, picture=options.picture or 0)
    weights = weights_for(summary.header.model, Catalogue(settings.models_dirs, settings.data_dir), options.model)
    given = {field: value for field in _FIELDS if (value := getattr(options, field)) is not None}
    return whole.with_changes(start=start.model_dump(), **given, model=weights.name).with_fixed_seed()


def _check(flag: str, value: int, last: int, things: str) -> None:
    """Raises InvalidRequest where the recording has no such step or picture."""
    if not 0 <= value <= last:
        raise InvalidRequest(
            f"{flag}: {value} cannot be used: the recording has {things} 0 to {last}.", hint="Choose one of them.",
            field=flag,
        )  # fmt: skip


def _together(summary: TrajectorySummary) -> GenerationRequest:
    """The request of all pictures that walked together, or of the first alone where their seeds do not follow."""
    first, count = picture_request(summary, 0), len(summary.header.seeds)
    if summary.header.request.points:
        return summary.header.request
    whole = first.with_changes(batch_size=count)
    alone = [whole.for_picture(number) for number in range(count)]
    if alone == [picture_request(summary, number) for number in range(count)]:
        return whole
    print(f"The recording has pictures 0 to {count - 1}; number 0 is taken up (see --picture).", file=sys.stderr)
    return first
