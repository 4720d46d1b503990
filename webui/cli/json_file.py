"""A JSON object in a file of the user's."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from webui.errors import InvalidRequest


def read_json_object(file: Path) -> dict[str, Any]:
    """The JSON object of a file.

    Raises:
        InvalidRequest: there is none.
    """
    try:
        values = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidRequest(f"The file {file} cannot be read as JSON: {error}.", field="file") from error
    if not isinstance(values, Mapping):
        raise InvalidRequest(f"The file {file} holds no JSON object.", field="file")
    return dict(values)
