"""`webui generate`: make pictures without a server, in this process, over the same generator as the worker's."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from webui.cli.infotext_file import read_parameters
from webui.cli.way_flags import add_way_flags, way_values
from webui.engine.events import Event, Failed, Finished, ImageDone, ModelLoading, Noted, Started, StepDone
from webui.engine.thread_waiting import let_threads_sleep
from webui.engine.worker_control import JobControl
from webui.errors import SaveFailed, WebUIError
from webui.generation.request import GenerationRequest
from webui.library.inputs import InputStore
from webui.library.library import Library
from webui.library.pictures import PictureFiles
from webui.model_manager.catalogue import Catalogue
from webui.settings import Settings, load_settings

JOB = "command-line"
_FIELDS = {
    "prompt": "what the picture shows",
    "negative_prompt": "what it must not show",
    "seed": "the first picture's seed; -1 draws one",
    "steps": "the number of denoising steps",
    "sampler": "for example 'DPM++ 2M' or 'Euler a'",
    "schedule": "for example 'Automatic' or 'Karras'",
    "cfg_scale": "how strictly to follow the prompt",
    "width": "in pixels (default: the model's own)",
    "height": "in pixels (default: the model's own)",
    "batch_size": "how many pictures at once",
    "batch_count": "how many batches",
    "model": "a name from 'models list'",
    "variation_seed": "the seed to move towards; picture i has it + i",
    "variation_strength": "how far to move towards the variation seed, 0 to 1",
    "clip_skip": "which of the text encoder's last layers to read, from 1",
}
Save = Callable[[ImageDone], str]
"""Takes a finished picture and returns where it is."""


def add_command(commands: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the sub-command to the parser. Values go to the request as text, which says what it cannot use."""
    command = commands.add_parser("generate", parents=[folders], help="make pictures")
    for field, about in _FIELDS.items():
        command.add_argument(f"--{field.replace('_', '-')}", dest=field, help=about)
    command.add_argument(
        "--out", type=Path, metavar="FILE", help="the PNG to write (default: a new file in the outputs folder)"
    )
    command.add_argument(
        "--infotext", type=Path, metavar="FILE", help="a picture or a text whose parameters count where none is given"
    )
    command.add_argument("--tiling", action="store_true", default=None, help="opposite edges fit: seamless textures")
    add_way_flags(command)
    command.add_argument("--json", action="store_true", help="print one JSON event a line")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Makes the pictures and prints where they are.

    Raises:
        WebUIError: a value cannot be used, the model cannot be loaded, the walk failed, or a file cannot be written.
    """
    try:
        settings = load_settings(extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir)
        request = _request(options, settings)
        save = _writer(options.out, request) if options.out else _library_writer(settings)
        show = _print_json if options.json else _Progress()
        _generate(settings, request, save, show)
    except WebUIError as error:
        if options.json:
            _print_json(Failed(job=JOB, error=error.message, hint=error.hint, field=error.field), {})
        raise
    return 0


def _request(options: argparse.Namespace, settings: Settings) -> GenerationRequest:
    """The request, with the model's own size where none is given; refused before anything heavy is imported."""
    given = {field: value for field in (*_FIELDS, "tiling") if (value := getattr(options, field)) is not None}
    read: dict[str, Any] = {}
    catalogue = Catalogue(settings.models_dirs)
    if options.infotext is not None:
        parameters = read_parameters(options.infotext, catalogue)
        for note in parameters.notes:
            print(note, file=sys.stderr)
        read = parameters.request_values()
    given = read | way_values(options, InputStore(settings.data_dir), read) | given
    request = GenerationRequest.parse(given)
    entry = catalogue.find(request.model)
    sizes = {"width": entry.default_width, "height": entry.default_height} | given
    return GenerationRequest.parse(sizes | {"model": entry.name}).with_fixed_seed()


def _generate(settings: Settings, request: GenerationRequest, save: Save, show: "Show") -> None:
    let_threads_sleep()
    from webui.engine.generate import create  # torch: only once the request is known to be good

    generator = create(settings.models_dirs, settings.data_dir)
    show(Started(job=JOB), {"request": request.model_dump()})
    for event, _ in generator.run(JOB, request, JobControl()):
        show(event, {"path": save(event)} if isinstance(event, ImageDone) else {})
    show(Finished(job=JOB, status="done"), {})


def _writer(out: Path, request: GenerationRequest) -> Save:
    """Writes to a file of the user's choice; several pictures get -1, -2 ... before the ending."""
    if out.suffix.lower() != ".png":
        raise SaveFailed(f"The file {out.name} cannot be written: pictures are PNG.", hint="End its name in .png.")
    if not out.parent.is_dir():
        raise SaveFailed(f"The folder {out.parent} does not exist.", hint="Make it first.", field="out")
    files = PictureFiles(out.parent.resolve())

    def save(event: ImageDone) -> str:
        name = out.name if request.image_count == 1 else f"{out.stem}-{event.index + 1}{out.suffix}"
        files.write(Path(name), event.png, replace=True)
        return str(out.with_name(name))

    return save


def _library_writer(settings: Settings) -> Save:
    library = Library(settings.data_dir)

    def save(event: ImageDone) -> str:
        saving = library.save(
            event.png, job=JOB, seed=event.seed, width=event.width, height=event.height,
            request=event.request, infotext=event.infotext,
        )  # fmt: skip
        if saving.warning:
            raise SaveFailed(saving.warning)
        return str(library.file(saving.picture))

    return save


Show = Callable[[Event, Mapping[str, Any]], None]
"""Takes an event and what the command line adds to it."""


def _print_json(event: Event, more: Mapping[str, Any]) -> None:
    values = {
        name: value for name, value in asdict(event).items() if not isinstance(value, bytes) and name != "previews"
    }
    print(json.dumps({"type": event.type, **values, **more}, ensure_ascii=False), flush=True)


class _Progress:
    """A progress bar on a terminal, the pictures' paths on standard output."""

    def __init__(self) -> None:
        self._bar = tqdm(unit="step", leave=False, disable=not sys.stderr.isatty())

    def __call__(self, event: Event, more: Mapping[str, Any]) -> None:
        match event:
            case ModelLoading():
                self._bar.set_description(f"loading weights {event.fraction:.0%}")
            case StepDone():
                self._bar.set_description("")
                self._bar.total = event.total * event.batch_count
                self._bar.n = event.batch * event.total + event.index
                self._bar.refresh()
            case Noted():
                self._bar.write(event.text, file=sys.stderr)
            case ImageDone():
                self._bar.write(more["path"], file=sys.stdout)
            case Finished():
                self._bar.close()
