"""ComfyUI's `extra_model_paths.yaml`: where another program keeps its models. No torch."""

from pathlib import Path
from typing import Any

import yaml

_MAX_BYTES = 1024 * 1024
_NOT_FOLDERS = ("base_path", "is_default")


def read_extra_paths(file: Path) -> list[tuple[str, Path]]:
    """The folders that a file names, each with what it says they hold; those of a default section first.

    A section has a `base_path` and, by kind, one path or several on lines of their own; they are relative to it, and
    it to the file. Source: ComfyUI, `extra_model_paths.yaml.example`. What cannot be read names nothing.
    """
    try:
        with file.open("rb") as opened:
            content = yaml.safe_load(opened.read(_MAX_BYTES))
    except (OSError, yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        return []
    sections = (
        [section for section in content.values() if isinstance(section, dict)] if isinstance(content, dict) else []
    )
    sections.sort(key=lambda section: section.get("is_default") is not True)
    return [each for section in sections for each in _named(section, file.parent)]


def _named(section: dict[Any, Any], beside: Path) -> list[tuple[str, Path]]:
    base = section.get("base_path")
    start = beside / _expanded(base) if isinstance(base, str) and base.strip() else beside
    found: list[tuple[str, Path]] = []
    for told, value in section.items():
        if told in _NOT_FOLDERS or not isinstance(told, str):
            continue
        lines = value if isinstance(value, list) else str(value or "").splitlines()
        found.extend((told, start / _expanded(line)) for line in lines if isinstance(line, str) and line.strip())
    return found


def _expanded(text: str) -> Path:
    path = Path(text.strip())
    try:
        return path.expanduser()
    except RuntimeError:  # nobody's home is known
        return path
