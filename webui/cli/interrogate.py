"""`webui interrogate`: what a picture shows, without a server."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from webui.engine.quiet_imports import keep_imports_quiet
from webui.engine.thread_waiting import let_threads_sleep
from webui.errors import PictureUnreadable
from webui.imaging.reading import flattened, read_picture
from webui.model_manager.catalogue import Catalogue
from webui.readers.reading import tags_of
from webui.readers.shelf import ReaderEntry, ReaderShelf
from webui.settings import load_settings


def add_command(commands: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the sub-command to the parser."""
    command = commands.add_parser("interrogate", parents=[folders], help="say what a picture shows")
    command.add_argument("file", type=Path, help="a picture file of any common kind")
    command.add_argument("--reader", metavar="NAME", help="who reads it: a folder in models/readers/, or a model")
    command.add_argument("--json", action="store_true", help="print JSON, with the scores of the likeliest labels")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints a sentence and the attributes.

    Raises:
        WebUIError: there is no such file or reader, or one of them cannot be used.
    """
    settings = load_settings(extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir)
    shelf = ReaderShelf(Catalogue(settings.models_dirs, settings.data_dir), settings.models_dirs)
    entry = shelf.find(options.reader)
    reading = _read(entry, _content(options.file))
    if options.json:
        print(json.dumps({**reading, "tags": tags_of(reading)}, ensure_ascii=False, indent=1))
    else:
        print("\n".join((reading["sentence"], *map(_line, reading["attributes"]))))
    return 0


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise PictureUnreadable(f"{file}: {error.strerror or error}.", hint="Name a picture file.") from error


def _read(entry: ReaderEntry, content: bytes) -> dict[str, Any]:
    picture = flattened(read_picture(content).image)
    let_threads_sleep()
    keep_imports_quiet()
    from webui.readers.readers import load_reader  # torch: only once picture and reader are known to be there

    return load_reader(entry).read(picture).to_json()


def _line(attribute: Mapping[str, Any]) -> str:
    return f"  {attribute['name'].replace('_', ' ')}: {attribute['label'].replace('_', ' ')}  {attribute['score']:.0%}"
