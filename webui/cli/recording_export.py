"""`webui trajectory export`: the steps of a recording as pictures, a sheet or a film."""

import argparse
import os
import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

from webui.cli.extension_flags import add_extension_flags, extension_settings, loaded_beside_model, loaded_extensions
from webui.cli.making import check_writable
from webui.cli.recording_file import RecordingFile, Weights, weights_for
from webui.engine.closeness import closeness_notes
from webui.engine.looks import LookStep
from webui.engine.quiet_imports import keep_imports_quiet
from webui.engine.thread_waiting import let_threads_sleep
from webui.engine.worker_extensions import WorkerExtensions
from webui.errors import SaveFailed, WebUIError
from webui.extensions.extensions import Extensions
from webui.generation.exported_steps import View
from webui.imaging.step_export import DEFAULT_FPS, Export, FrameAt, What, write_export
from webui.library.pictures import as_save_failed, temporary_of
from webui.model_manager.catalogue import Catalogue
from webui.settings import Settings, load_settings

_KINDS = {
    What.FRAME: "one step is a PNG",
    What.FRAMES: "many pictures go into a zip archive",
    What.CONTACT_SHEET: "a contact sheet is a PNG",
}


def add_command(actions: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the sub-command to the parser."""
    command = actions.add_parser("export", parents=[folders], help="make pictures, a sheet or a film of its steps")
    command.add_argument("file", type=Path, help="a recording (.safetensors)")
    command.add_argument("--what", required=True, choices=[str(what) for what in What], help="the form")
    command.add_argument(
        "--view", default=View.X0.value, choices=[str(view) for view in View],
        help="x0: the clean picture that each step points at (default); xt: the noisy latents",
    )  # fmt: skip
    command.add_argument("--step", type=int, metavar="K", help="this step alone (default: all of them)")
    command.add_argument("--picture", type=int, default=0, metavar="N", help="of those that walked together, from 0")
    command.add_argument("--fps", type=float, default=DEFAULT_FPS, help="of films: steps a second (default: 8)")
    command.add_argument("--model", metavar="NAME", help="decode with this one, if the recording's own is not here")
    command.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to write")
    add_extension_flags(command)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Writes the file and prints where it is.

    Raises:
        WebUIError: the recording, its model or a value cannot be used, or the file cannot be written.
    """
    settings = load_settings(
        extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir, **extension_settings(options)
    )
    with loaded_extensions(settings) as extensions:  # the walk may be along a sampler of theirs
        _export(options, extensions)
    print(options.out)
    return 0


def _export(options: argparse.Namespace, extensions: Extensions) -> None:
    settings = extensions.settings
    recording = RecordingFile(settings.data_dir, options.file)
    export = Export.of(
        recording.summary, What(options.what), View(options.view), picture=options.picture, step=options.step,
        fps=options.fps,
    )  # fmt: skip
    check_writable(options.out, export.what.ending, _KINDS.get(export.what, f"this film is {export.what.ending}"))
    weights = weights_for(
        recording.summary.header.model, Catalogue(settings.models_dirs, settings.data_dir), options.model
    )
    let_threads_sleep()
    keep_imports_quiet()
    with (
        tqdm(total=len(export.steps), unit="step", leave=False, disable=not sys.stderr.isatty()) as bar,
        loaded_beside_model(extensions) as beside,
    ):
        frame_at = _decoder(settings, beside, recording, export, weights)

        def counted(step: int) -> Image.Image:
            bar.update()
            return frame_at(step)

        _write(export, counted, options.out)


def _decoder(
    settings: Settings, beside: WorkerExtensions, recording: RecordingFile, export: Export, weights: Weights
) -> FrameAt:
    """Decodes steps with the model, which is loaded with the first one."""
    from webui.engine.generate import create  # torch: only once everything is known to be good

    generator = create(settings.models_dirs, settings.data_dir, extensions=beside, trajectories=recording)
    header = recording.summary.header
    told = False

    def frame_at(step: int) -> Image.Image:
        nonlocal told
        question = LookStep(
            trajectory=header.id, picture=export.picture, step=step, view=export.view.value, model=weights.name,
            weights=weights.fingerprint,
        )  # fmt: skip
        content = generator.look(question).parts[0]
        if not told:
            told = True
            here = generator.describe()
            device, dtype = here["device"] or header.device, here["dtype"] or header.dtype
            for note in closeness_notes(header, model=header.model, device=device, dtype=dtype):
                print(note, file=sys.stderr)
        with Image.open(BytesIO(content), formats=("PNG",)) as image:
            image.load()
            return image

    return frame_at


def _write(export: Export, frame_at: FrameAt, out: Path) -> None:
    """Write the file under another name first, so that an older one stays until the new one is complete."""
    temporary = temporary_of(out)
    try:
        write_export(export, frame_at, temporary)
        os.replace(temporary, out)
    except WebUIError:
        raise
    except OSError as error:
        reason = as_save_failed(error)
        told = reason.message.partition(": ")[2]
        raise SaveFailed(f"The file {out} could not be written: {told}", hint="Choose another place.") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
