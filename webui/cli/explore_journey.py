"""`webui explore journey`: make a journey and its film without a server, from the JSON that the page saves."""

import argparse
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tqdm import tqdm

from webui.cli.extension_flags import add_extension_flags, extension_settings
from webui.cli.generate import own_values
from webui.cli.json_file import read_json_object
from webui.engine.engine import GENERATOR, Engine
from webui.engine.journey_film import FilmForm, frame_files, journey_comment, journey_of, travel_frames, write_journey
from webui.engine.opened_engine import opened_engine
from webui.engine.series_record import Series, SeriesStatus
from webui.errors import GenerationFailed, InvalidRequest
from webui.generation.journey import Journey
from webui.generation.series import SeriesRequest
from webui.imaging.animation import MAX_FPS, MIN_FPS
from webui.library.pictures import as_save_failed
from webui.model_manager.catalogue import Catalogue
from webui.settings import Settings, load_settings

POLL_SECONDS = 0.1


def add_command(actions: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the action to the parser."""
    command = actions.add_parser("journey", parents=[folders], help="make the frames from stop to stop, and a film")
    command.add_argument(
        "file", type=Path, help="a journey, as the page saves it: JSON with stops, request, easing ..."
    )
    endings = ", ".join(f".{form.value}" for form in FilmForm)
    command.add_argument(
        "--out", type=Path, metavar="FILE", help=f"the film ({endings}), or a folder for the frames (default: none)"
    )
    command.add_argument("--fps", type=float, metavar="N", help="frames a second (default: the journey's own)")
    add_extension_flags(command)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Makes the journey and prints where its film is, or where its frames are.

    Raises:
        WebUIError: the file is no journey, a value cannot be used, nothing could be made, or the film cannot be saved.
        StartFailed: a server uses the data folder; it makes journeys itself.
    """
    values, form = read_json_object(options.file), _form_of(options.out)
    if options.fps is not None and not MIN_FPS <= options.fps <= MAX_FPS:
        raise InvalidRequest(f"fps: it must be {MIN_FPS:g} to {MAX_FPS:g}.", field="fps")
    settings = load_settings(
        extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir, **extension_settings(options)
    )
    for path in travel(settings, values, options.out, form, options.fps):
        print(path)
    return 0


def travel(
    settings: Settings,
    values: Mapping[str, Any],
    out: Path | None,
    form: FilmForm | None,
    fps: float | None = None,
    *,
    generator_factory: str = GENERATOR,
) -> list[Path]:
    """Make a journey with a worker of its own. One that was broken off is gone on with, if it was the very same.

    Args:
        settings: where data and models are.
        values: the journey as JSON.
        out: the film, or a folder for the frames; None for neither.
        form: of the film; None for a folder.
        fps: frames a second; None is the journey's own.
        generator_factory: what makes the generator in the worker.

    Returns:
        Where it is, or where the frames are.

    Raises:
        InvalidRequest: a value cannot be used.
        GenerationFailed: nothing could be made.
        SaveFailed: the film cannot be written.
    """
    with opened_engine(settings, generator_factory=generator_factory) as engine:
        wanted = _wanted(values, engine.catalogue)
        engine.start()
        done = _finished(engine, _begun(engine, wanted))
        cells = engine.series.told(done, cells=True)["cells"]
        frames = travel_frames(done, [cell["images"] for cell in cells])
        for cell in cells:
            if cell["problem"]:
                print(f"{', '.join(cell['labels'])}: {cell['problem']}", file=sys.stderr)
        if done.status is not SeriesStatus.DONE:
            raise GenerationFailed(done.error or "The journey was cancelled.", hint=done.hint)
        if out is None:
            library = engine.library
            return [library.file(library.find(frame.image)) for frame in frames if frame.image]
        try:
            return _saved(frame_files(engine.library, frames), out, form, done, fps)
        except OSError as error:
            raise as_save_failed(error, what="film", then="then make it again: its frames are kept") from error


def _form_of(out: Path | None) -> FilmForm | None:
    """By the ending of a file's name; what has none is a folder."""
    if out is None or not out.suffix:
        return None
    try:
        return FilmForm(out.suffix.removeprefix(".").lower())
    except ValueError as error:
        known = ", ".join(f".{form.value}" for form in FilmForm)
        raise InvalidRequest(f"out: {out.name} ends in none of {known}.", field="out") from error


def _wanted(values: Mapping[str, Any], catalogue: Catalogue) -> SeriesRequest:
    """The journey of a file, with what its model wants where it says nothing."""
    given = values.get("request", {})
    if isinstance(given, Mapping):
        model = given.get("model")
        given = {**own_values(catalogue.find(model if isinstance(model, str) else None), given), **given}
    return SeriesRequest.parse({**values, "kind": Journey.kind, "request": given})


def _begun(engine: Engine, wanted: SeriesRequest) -> Series:
    begun = engine.series.begin(wanted)
    for other in engine.series.active():
        if other.id != begun.id and other.wanted == begun.wanted:
            engine.series.cancel(begun.id)
            return other
    return begun


def _finished(engine: Engine, series: Series) -> Series:
    """Wait for the end, with a bar on a terminal."""
    with tqdm(total=series.total, unit="frame", leave=False, disable=not sys.stderr.isatty()) as bar:
        while (current := engine.series.find(series.id)).active:
            bar.n = engine.series.told(current)["done"]
            bar.refresh()
            time.sleep(POLL_SECONDS)
    return current


def _saved(
    files: Iterable[tuple[str, bytes]], out: Path, form: FilmForm | None, series: Series, fps: float | None
) -> list[Path]:
    if form is not None:
        write_journey(files, form, out, fps=fps or journey_of(series).fps, comment=journey_comment(series))
        return [out]
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in files:
        paths.append(out / name)
        paths[-1].write_bytes(content)
    return paths
