"""Puts settings that were changed while the server runs into the settings file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from webui.errors import SaveFailed
from webui.library.pictures import as_save_failed
from webui.settings import SETTINGS_FILE, write_settings


def keep_settings(data_dir: Path, changes: Mapping[str, Any]) -> None:
    """Put values into the settings file of a data folder; the others in it stay.

    Raises:
        SaveFailed: the file cannot be written, or is damaged; nothing has changed.
    """
    try:
        write_settings(data_dir, changes)
    except OSError as error:
        raise as_save_failed(error, what="setting", then="then change the setting again") from error
    except ValueError as error:
        raise SaveFailed(
            f"The setting could not be saved: {SETTINGS_FILE} in the data folder is damaged.",
            hint="Correct or remove that file, then change the setting again.",
        ) from error
