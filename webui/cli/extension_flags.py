"""What sub-commands that make pictures are told of extensions: where they are, and the values of their controls."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from webui.engine.worker_extensions import WorkerExtensions
from webui.errors import InvalidRequest
from webui.extensions.controls import Choice, Control, Number, Slider, Switch, Text
from webui.extensions.extensions import Extensions
from webui.generation.plot_values import shortened, switches
from webui.settings import Settings

Controls = Mapping[str, Sequence[Control]]


def add_folder_flag(command: argparse.ArgumentParser) -> None:
    """Adds `--extensions-dir`."""
    command.add_argument("--extensions-dir", type=Path, metavar="DIR", help="the folder with the installed extensions")


def add_extension_flags(command: argparse.ArgumentParser) -> None:
    """Adds `--extensions-dir` and `--safe-mode`."""
    add_folder_flag(command)
    command.add_argument("--safe-mode", action="store_true", help="start without any extension")


def add_extra_flag(command: argparse.ArgumentParser) -> None:
    """Adds `--extra`, with `add_extension_flags`."""
    command.add_argument(
        "--extra", action="append", default=[], metavar="EXTENSION.CONTROL=VALUE",
        help="what a control of an extension is set to; may be given often",
    )  # fmt: skip


def extension_settings(options: argparse.Namespace) -> dict[str, Any]:
    """What `add_extension_flags` was told, as settings; None is not given."""
    return {"extensions_dir": options.extensions_dir, "safe_mode": options.safe_mode or None}


@contextmanager
def loaded_extensions(settings: Settings) -> Iterator[Extensions]:
    """The extensions that are on, loaded into this process, which may run beside a server; ended afterwards."""
    extensions = Extensions(settings, watched=False)
    try:
        yield extensions
    finally:
        extensions.close()


@contextmanager
def loaded_beside_model(extensions: Extensions) -> Iterator[WorkerExtensions]:
    """What the extensions that are on do beside the model, loaded into this process, too; ended afterwards."""
    beside = WorkerExtensions(extensions.worker_folders(), extensions.settings.data_dir)
    try:
        yield beside
    finally:
        beside.shut_down()


def extra_values(given: Sequence[str], controls: Controls) -> dict[str, dict[str, Any]]:
    """The values of `--extra`, by extension and control.

    Args:
        given: as they were typed.
        controls: of the extensions that are on.

    Raises:
        InvalidRequest: there is no such control, or it does not take the value.
    """
    values: dict[str, dict[str, Any]] = {}
    for text in given:
        place, equals, value = text.partition("=")
        extension, _, name = place.strip().partition(".")
        control = next((each for each in controls.get(extension, ()) if each.name == name), None)
        if not equals or control is None:
            known = ", ".join(f"{owner}.{each.name}" for owner, known in controls.items() for each in known)
            raise InvalidRequest(
                f"extra: '{shortened(text)}' names no control of an extension that is on.",
                hint=f"There are: {known}." if known else "None that is on has controls: see 'extensions list'.",
                field="extra",
            )
        field = f"extras.{extension}.{name}"
        values.setdefault(extension, {})[name] = control.checked(_read(control, value.strip()), field)
    return values


def _read(control: Control, text: str) -> Any:
    """The value as the control has it; a text that is none stays one, for the control to refuse."""
    match control:
        case Choice() | Text():
            return text
        case Switch():
            kinds = (lambda: switches([text])[0],)
        case Slider() | Number():
            kinds = (lambda: int(text), lambda: float(text))
    for kind in kinds:
        try:
            return kind()
        except ValueError:
            continue
    return text
