"""How models are loaded and run, changed while the server runs: kept in the settings file, which the worker reads."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from webui.engine.kept_settings import keep_settings
from webui.errors import InvalidRequest
from webui.settings import ModelSettings, Settings, read_model_settings


class ModelPolicy:
    """What the user wants of models. Threads may share it.

    Args:
        settings: names the data folder, whose settings file is written.
    """

    def __init__(self, settings: Settings) -> None:
        self._data_dir = settings.data_dir
        self._lock = threading.Lock()

    @property
    def now(self) -> ModelSettings:
        """What holds now, for the next job."""
        return read_model_settings(self._data_dir)

    def change(self, changes: Mapping[str, Any]) -> ModelSettings:
        """Change some settings, from the next job on and for later starts.

        Raises:
            InvalidRequest: there is no such setting, its value cannot be used, or a folder is not there.
            SaveFailed: the settings file cannot be written; nothing has changed.
        """
        with self._lock:
            before = self.now
            try:
                wanted = ModelSettings.model_validate(before.model_dump() | dict(changes))
            except ValidationError as error:
                raise _refused(error) from error
            for folder in set(wanted.extra_folders) - set(before.extra_folders):
                _check_folder(folder)
            keep_settings(self._data_dir, {"models": wanted.model_dump(exclude_defaults=True, mode="json")})
        return self.now


def _refused(error: ValidationError) -> InvalidRequest:
    problem = error.errors(include_url=False)[0]
    name = str(problem["loc"][0]) if problem["loc"] else "settings"
    if problem["type"] == "extra_forbidden":
        return InvalidRequest(f"{name[:60]}: there is no such setting.", field=name[:60])
    told = problem["msg"][:1].lower() + problem["msg"][1:]
    return InvalidRequest(f"{name}: {told}.", field=name)


def _check_folder(given: str) -> None:
    path = Path(given).expanduser()
    if not path.is_absolute():
        raise InvalidRequest(
            f"{given[:200]}: a folder is named by its whole path.", hint="Begin at the root.", field="extra_folders"
        )
    is_list = path.suffix.lower() in (".yaml", ".yml") and path.is_file()
    if not is_list and not path.is_dir():
        raise InvalidRequest(
            f"There is no folder {given[:200]}.",
            hint="Name a folder with models, or a file extra_model_paths.yaml.",
            field="extra_folders",
        )
