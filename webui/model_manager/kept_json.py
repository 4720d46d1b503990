"""Small JSON files that remember what can be found out again: reading and writing them never fails anybody."""

import json
from pathlib import Path
from typing import Any


def read_kept(path: Path) -> dict[str, Any]:
    """The object in a file; empty when there is none, or it is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def keep(path: Path, content: dict[str, Any]) -> None:
    """Writes the object as a whole file, or leaves what was there where the folder cannot be written."""
    try:
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        temporary.replace(path)
    except OSError:
        return
