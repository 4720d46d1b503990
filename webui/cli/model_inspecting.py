"""`webui models inspect`: all that a model's header and its neighbours tell, without reading a weight."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.model_manager.catalogue.inspecting import identify_file, inspected
from webui.settings import load_settings

_SHOWN_CHARACTERS = 300
_SHOWN_TAGS = 20


def add_inspect(actions: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the action to the parser of `models`."""
    action = actions.add_parser("inspect", parents=[folders], help="tell all that a model's header says")
    action.add_argument("model", metavar="FILE", help="a file, a diffusers folder, or the name of a model")
    action.add_argument("--json", action="store_true", help="print JSON")
    action.set_defaults(run=run_inspect)


def run_inspect(options: argparse.Namespace) -> int:
    """Prints what is known of a model; 1 when it cannot be used."""
    told = inspected(_entry(options))
    if options.json:
        print(json.dumps(told, indent=1))
    else:
        print("\n".join(_lines(told)))
    return 0 if told["problem"] is None else 1


def _entry(options: argparse.Namespace) -> ModelEntry:
    """The model of a name, else the file at a path.

    Raises:
        ModelNotFound: there is neither.
    """
    path = Path(options.model)
    if not path.exists():
        settings = load_settings(extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir)
        catalogue = Catalogue(settings.models_dirs, settings.data_dir)
        catalogue.rescan()
        named = [each for each in catalogue.everything() if each.name.casefold() == options.model.casefold()]
        if named:
            return named[0]
    return identify_file(path)


def _lines(told: dict[str, Any]) -> Iterator[str]:
    """A line for each thing that is known, those that decide what can be done with it first."""
    yield f"{told['name']}  ({told['path']})"
    if told["problem"]:
        yield f"  cannot be used: {told['problem']}"
    for key, value in _facts(told).items():
        if value:
            yield f"  {key}: {value}"
    for part, about in told["parts_told"].items():
        size = f", {about['size_bytes'] / 1e6:,.1f} MB" if "size_bytes" in about else ""
        yield f"  {part}: {about['library']} {about['class']}{size}"
    for key, value in sorted(told["metadata"].items()):
        text = " ".join(value.split())
        yield f"  {key} = {text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + '...'}"


def _facts(told: dict[str, Any]) -> dict[str, str]:
    parameters = told["parameters"]
    tags = list(told["tags"].items())[:_SHOWN_TAGS]
    return {
        "kind": told["kind"] + (f" ({told['form']})" if told["form"] else ""),
        "made for": ", ".join(each for each in (told["base"], told["architecture"]) if each),
        "family": told["family"] or "",
        "predicts": f"{told['prediction']}{', inpainting' if told['inpainting'] else ''}" if told["prediction"] else "",
        "size": f"{told['size_bytes'] / 1e6:,.1f} MB"
        + (f", {parameters / 1e6:,.1f} million numbers" if parameters else ""),
        "types": ", ".join(f"{name} {count:,}" for name, count in told["types"].items()),
        "tensors": f"{told['tensors']:,}" if told["tensors"] else "",
        "holds": ", ".join(told["parts"]),
        "trigger words": ", ".join(told["trigger_words"]),
        "trained on": ", ".join(f"{tag} ({count})" for tag, count in tags),
        "preview": told["preview"] or "",
        "about": " ".join(told["description"].split())[:_SHOWN_CHARACTERS],
        "SHA-256": (told["hashes"] or {}).get("sha256", ""),
    }
