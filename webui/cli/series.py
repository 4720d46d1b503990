"""`webui series`: make a plot, sweep, loopback or batch without a server, from the JSON that the API takes."""

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from webui.cli.extension_flags import add_extension_flags, extension_settings
from webui.cli.json_file import read_json_object
from webui.engine.engine import GENERATOR, Engine
from webui.engine.opened_engine import opened_engine
from webui.engine.series_record import Series, SeriesStatus
from webui.errors import GenerationFailed, InvalidRequest
from webui.generation.series import SeriesRequest
from webui.library.inputs import InputStore
from webui.settings import Settings, load_settings

PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff")
POLL_SECONDS = 0.1


def add_command(commands: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the sub-command to the parser."""
    command = commands.add_parser("series", parents=[folders], help="make a plot, a sweep, a loopback or a batch")
    command.add_argument(
        "file", type=Path, help="JSON as POST /api/v1/series takes it: kind, request and the kind's options"
    )
    command.add_argument("--folder", type=Path, metavar="DIR", help="for a batch: its pictures, by name")
    add_extension_flags(command)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Makes the series and prints where its pictures are, the grid or plot last.

    Raises:
        WebUIError: a value cannot be used, or nothing could be made.
        StartFailed: a server uses the data folder; it takes series itself.
    """
    settings = load_settings(
        extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir, **extension_settings(options)
    )
    values = read_json_object(options.file)
    if options.folder is not None:
        values["pictures"] = pictures_of(options.folder, InputStore(settings.data_dir))
    make(settings, values, print)
    return 0


def pictures_of(folder: Path, inputs: InputStore) -> list[str]:
    """The ids of a folder's pictures, in the order of their names, taken into the store.

    Raises:
        InvalidRequest: there is no such folder, or no picture in it.
        PictureUnreadable: one of them is damaged.
    """
    if not folder.is_dir():
        raise InvalidRequest(f"The folder {folder} does not exist.", field="folder")
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_ENDINGS and path.is_file())
    if not files:
        raise InvalidRequest(f"There are no pictures in the folder {folder}.", field="folder")
    return [inputs.add_file(path.read_bytes()).id for path in files]


def make(
    settings: Settings, values: Mapping[str, Any], say: Callable[[str], None], *, generator_factory: str = GENERATOR
) -> Series:
    """Make the series that JSON values ask for, with a worker of its own, and say where each picture is.

    Raises:
        InvalidRequest: a value cannot be used.
        GenerationFailed: nothing could be made.
    """
    with opened_engine(settings, generator_factory=generator_factory) as engine:
        wanted = SeriesRequest.parse(values)  # now that it can name what extensions bring
        library = engine.library
        engine.start()
        done = _finished(engine, engine.series.begin(wanted))
        told = engine.series.told(done, cells=True)
        for picture in [*(image for cell in told["cells"] for image in cell["images"]), done.picture]:
            if picture is not None:
                say(str(library.file(library.find(picture))))
        for cell in told["cells"]:
            if cell["problem"]:
                print(f"{', '.join(filter(None, cell['labels']))}: {cell['problem']}", file=sys.stderr)
        if "sentence" in done.result:
            print(done.result["sentence"], file=sys.stderr)
    if done.status is not SeriesStatus.DONE:
        raise GenerationFailed(done.error or "The series was cancelled.", hint=done.hint)
    return done


def _finished(engine: Engine, series: Series) -> Series:
    """Wait for the end."""
    while (current := engine.series.find(series.id)).active:
        time.sleep(POLL_SECONDS)
    return current
