"""An extension's settings in a file of its own, read anew when the file has changed: both processes see the same."""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from webui.errors import InvalidRequest, SaveFailed
from webui.extensions.controls import Control, Scalar, filled

_MAX_BYTES = 50_000_000


class KeptSettings(Mapping[str, Scalar]):
    """What an extension's settings say now; what is not set, or damaged, has its default."""

    def __init__(self, path: Path, controls: Sequence[Control]) -> None:
        self._path, self._controls = path, tuple(controls)
        self._seen: tuple[int, int] | None = None
        self._values: dict[str, Scalar] = filled(self._controls, {})

    def __getitem__(self, name: str) -> Scalar:
        return self._now()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._values)

    def write(self, changes: Mapping[str, Any]) -> None:
        """Set some of them.

        Raises:
            InvalidRequest: there is no such setting, or a value cannot be one; nothing has changed.
            SaveFailed: the file cannot be written.
        """
        controls = {control.name: control for control in self._controls}
        unknown = next((name for name in changes if name not in controls), None)
        if unknown is not None:
            raise InvalidRequest(f"settings: there is no setting '{unknown[:40]}'.", field=f"settings.{unknown[:40]}")
        checked = {name: controls[name].checked(value, f"settings.{name}") for name, value in changes.items()}
        write_json(self._path, dict(self._now()) | checked)

    def _now(self) -> Mapping[str, Scalar]:
        seen = file_stamp(self._path)
        if seen not in (None, self._seen):
            self._values, self._seen = filled(self._controls, read_json(self._path)), seen
        return self._values


def file_stamp(path: Path) -> tuple[int, int] | None:
    """When a file was written last, and how large it is; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file; an empty one where there is none, or it is damaged."""
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
        values = json.loads(content)
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Replace a file at once: whoever reads it finds the old values or the new ones.

    Raises:
        SaveFailed: it cannot be written; the old one stays.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.saving")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(values, file, indent=1, allow_nan=False)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise SaveFailed(
            f"{path.name} could not be written: {error.strerror or error}.", hint="Free some space, or look at who may."
        ) from error
