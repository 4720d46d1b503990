"""`webui explore map`: the picture at a point of a map of ideas, which the page saves as a file."""

import argparse
import math
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from webui.cli.extension_flags import add_extension_flags, extension_settings, loaded_extensions
from webui.cli.generate import own_values
from webui.cli.json_file import read_json_object
from webui.cli.making import Making, shown
from webui.cli.recording_flags import add_recording_flags, wanted_recording
from webui.engine.request_hooks import RequestHooks
from webui.errors import InvalidRequest
from webui.exploring.idea_map import IdeaMap
from webui.generation.request import GenerationRequest
from webui.library.prompt_files import PromptFiles
from webui.model_manager.catalogue import Catalogue
from webui.settings import load_settings


def add_command(actions: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the action to the parser."""
    command = actions.add_parser("map", parents=[folders], help="make the picture at a point of a map of ideas")
    # So that a point left of the middle is no flag.
    command._negative_number_matcher = re.compile(r"-[\d.]")  # pyright: ignore[reportAttributeAccessIssue]
    command.add_argument("file", type=Path, help="a map, as the page saves it: JSON with ideas, weighing, request")
    place = command.add_mutually_exclusive_group(required=True)
    place.add_argument("--at", metavar="X,Y", help="a point of the map; what a projection placed is from -1 to 1")
    place.add_argument("--weights", metavar="W,W,...", help="how much each idea counts, in the place of a point")
    command.add_argument(
        "--out", type=Path, metavar="FILE", help="the PNG to write (default: a new file in the outputs folder)"
    )
    add_recording_flags(command)
    add_extension_flags(command)
    command.add_argument("--json", action="store_true", help="print one JSON event a line")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Makes the picture and prints where it is.

    Raises:
        WebUIError: the file is no map, a value cannot be used, the walk failed, or a file cannot be written.
    """
    values = read_json_object(options.file)
    settings = load_settings(
        extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir, **extension_settings(options)
    )
    with loaded_extensions(settings) as extensions:
        hooks = RequestHooks(extensions, PromptFiles(settings.data_dir))
        ideas = _map_of(values, Catalogue(settings.models_dirs, settings.data_dir))
        recording = wanted_recording(options, settings)
        making = Making(extensions, hooks, out=options.out, recording=recording, show=shown(options.json))
        making.make(_request(ideas, options).with_fixed_seed())
    return 0


def _map_of(values: Mapping[str, Any], catalogue: Catalogue) -> IdeaMap:
    """The map of a file, with what its model wants where it says nothing."""
    given = values.get("request", {})
    if not isinstance(given, Mapping):
        raise InvalidRequest("request: it must be an object with the fields of a request.", field="request")
    ideas = IdeaMap.parse(values)
    entry = catalogue.find(ideas.request.model)
    return IdeaMap.parse({**values, "request": {**own_values(entry, given), **given, "model": entry.name}})


def _request(ideas: IdeaMap, options: argparse.Namespace) -> GenerationRequest:
    if options.weights is not None:
        return ideas.request_of(_numbers(options.weights, "weights"))
    at = _numbers(options.at, "at")
    if len(at) != 2:
        raise InvalidRequest(f"at: {options.at} is no point.", hint="Write two numbers, as in 0.3,-0.5.", field="at")
    return ideas.request_at(*at)


def _numbers(text: str, field: str) -> list[float]:
    """Numbers that commas part."""
    with suppress(ValueError):
        numbers = [float(each) for each in text.split(",")]
        if all(map(math.isfinite, numbers)):
            return numbers
    raise InvalidRequest(f"{field}: {text} is no list of numbers.", hint="Write them as in 0.3,-0.5.", field=field)
