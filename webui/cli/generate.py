"""`webui generate`: make pictures without a server."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from webui.cli.concept_flags import add_concept_flags, concept_values
from webui.cli.extension_flags import (
    add_extension_flags,
    add_extra_flag,
    extension_settings,
    extra_values,
    loaded_extensions,
)
from webui.cli.infotext_file import read_parameters
from webui.cli.making import Making, show_failure, shown
from webui.cli.recording_flags import add_recording_flags, wanted_recording
from webui.cli.way_flags import add_way_flags, way_values
from webui.engine.request_hooks import RequestHooks
from webui.errors import InvalidRequest, WebUIError
from webui.generation.request import GenerationRequest
from webui.library.inputs import InputStore
from webui.library.prompt_files import PromptFiles
from webui.library.sliders import SliderFiles
from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.settings import Settings, load_settings

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
    "model": "a name from 'models list'; what is not given below is as it wants it",
    "vae": "a VAE in the place of the model's own",
    "distilled_guidance": "the guidance that FLUX and its kin are told",
    "flow_shift": "moves the noise levels of flow-matching models (default: as the model wants it)",
    "fast": "a preset that trades exactness for speed",
    "variation_seed": "the seed to move towards; picture i has it + i",
    "variation_strength": "how far to move towards the variation seed, 0 to 1",
    "clip_skip": "which of the text encoder's last layers to read, from 1",
}


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
    command.add_argument(
        "--lora", action="append", default=[], metavar="NAME:WEIGHT", help="a LoRA for the prompt; may be given often"
    )
    add_concept_flags(command)
    command.add_argument("--refiner", metavar="NAME", help="a model that goes on with the picture in the middle")
    command.add_argument("--refiner-switch-at", metavar="SHARE", help="at which share of the steps (default: 0.8)")
    command.add_argument("--frames", metavar="COUNT", help="of the film, from a model that makes films")
    command.add_argument("--fps", metavar="RATE", help="frames a second of the film (default: 16)")
    command.add_argument("--tiling", action="store_true", default=None, help="opposite edges fit: seamless textures")
    add_way_flags(command)
    add_recording_flags(command)
    add_extra_flag(command)
    add_extension_flags(command)
    command.add_argument("--json", action="store_true", help="print one JSON event a line")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Makes the pictures and prints where they are.

    Raises:
        WebUIError: a value cannot be used, the model cannot be loaded, the walk failed, or a file cannot be written.
    """
    show = shown(options.json)
    try:
        settings = load_settings(
            extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir, **extension_settings(options)
        )
        with loaded_extensions(settings) as extensions:
            hooks = RequestHooks(extensions, PromptFiles(settings.data_dir))
            request = _request(options, settings, hooks)
            recording = wanted_recording(options, settings)
            Making(extensions, hooks, out=options.out, recording=recording, show=show).make(request)
    except WebUIError as error:
        if options.json:
            show_failure(error, show)
        raise
    return 0


def _request(options: argparse.Namespace, settings: Settings, hooks: RequestHooks) -> GenerationRequest:
    """The request, with the model's own size where none is given; refused before anything heavy is imported."""
    given: dict[str, Any] = {
        field: value for field in (*_FIELDS, "tiling") if (value := getattr(options, field)) is not None
    }
    read: dict[str, Any] = {}
    catalogue = Catalogue(settings.models_dirs, settings.data_dir)
    if options.infotext is not None:
        parameters = hooks.understood(read_parameters(options.infotext, catalogue))
        for note in parameters.notes:
            print(note, file=sys.stderr)
        read = parameters.request_values()
    way = way_values(options, InputStore(settings.data_dir), read)
    given = read | way | _refiner(options, read) | _video(options, read) | given
    if options.lora:
        tags = [f"<lora:{each}>" for each in options.lora]
        given["prompt"] = " ".join([given.get("prompt", ""), *tags]).strip()
    given |= concept_values(options, read, SliderFiles(settings.data_dir))
    given["extras"] = _extras(options, hooks, read)
    request = GenerationRequest.parse(given)
    entry = catalogue.find(request.model)
    return GenerationRequest.parse(own_values(entry, given) | given | {"model": entry.name}).with_fixed_seed()


def _extras(options: argparse.Namespace, hooks: RequestHooks, read: Mapping[str, Any]) -> dict[str, Any]:
    """What the flags say of extensions' controls, over what the parameters say that were read."""
    extras: dict[str, Any] = dict(read.get("extras") or {})
    for name, values in extra_values(options.extra, hooks.controls()).items():
        extras[name] = {**extras.get(name, {}), **values}
    return extras


def _video(options: argparse.Namespace, read: Mapping[str, Any]) -> dict[str, Any]:
    """The film that the flags, or else the parameters that were read, ask for."""
    given = {"frames": options.frames, "fps": options.fps}
    values = {**(read.get("video") or {}), **{name: value for name, value in given.items() if value is not None}}
    return {"video": values} if values else {}


def own_values(entry: ModelEntry, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the model wants where nothing is given: its size, and what its family is used with."""
    own = {"width": entry.default_width, "height": entry.default_height}
    told = {field: value for field, value in entry.defaults.items() if value is not None}
    if "sampler" in given:
        told.pop("schedule", None)  # it is what the model's own sampler follows
    return own | told


def _refiner(options: argparse.Namespace, read: Mapping[str, Any]) -> dict[str, Any]:
    """The second model that the flags, or else the parameters that were read, ask for.

    Raises:
        InvalidRequest: a share is given, and no second model.
    """
    given = {"model": options.refiner, "switch_at": options.refiner_switch_at}
    values = {**(read.get("refiner") or {}), **{name: value for name, value in given.items() if value is not None}}
    if values and "model" not in values:
        raise InvalidRequest(
            "refiner-switch-at: it needs --refiner, which is not given.", hint="Add --refiner NAME.", field="refiner"
        )
    return {"refiner": values} if values else {}
