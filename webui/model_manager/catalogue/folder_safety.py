"""Refuses diffusers folders that want code of their own to run, before anything of them is imported. No torch.

`trust_remote_code=False` has been got round more than once (CVE-2026-44513, CVE-2026-45804, CVE-2026-4372,
CVE-2026-5241), so what could make a library look for code in the folder must not be in it.
"""

import json
import os
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from webui.errors import ModelUnusable

_CODE = (".py", ".pyc", ".pyd", ".so", ".dll", ".dylib", ".pth.py", ".ipynb")
_FORBIDDEN = ("auto_map", "custom_pipeline", "custom_pipelines", "trust_remote_code", "custom_code")
_ATTENTION = "_attn_implementation"
_ATTENTION_NAMES = {"eager", "sdpa", "flash_attention_2", "flash_attention_3", "flex_attention"}
"""What diffusers' and transformers' own files may say there; anything else is looked for on the hub, and run."""
_LIBRARIES = ("diffusers", "transformers")
_MAX_FILES, _MAX_DEPTH, _MAX_JSON_BYTES = 5_000, 4, 32 * 1024 * 1024
_DESCRIPTIONS = ("config.json", "_config.json", "model_index.json", "processor_config.json")


def check_folder(folder: Path, index: dict[str, Any]) -> None:
    """Looks for code and for names of code.

    Args:
        folder: the model.
        index: its model_index.json.

    Raises:
        ModelUnusable: there is some; the sentence, which the model's name comes before, says where.
        OSError: a file cannot be read.
        ValueError: a description is no JSON.
    """
    check_files(folder)
    _check_classes(index)


def check_files(folder: Path) -> None:
    """Looks for code, and for names of code in descriptions.

    Raises:
        ModelUnusable, OSError, ValueError: as from `check_folder`.
    """
    for path in _files(folder):
        place = path.relative_to(folder).as_posix()
        if path.name.casefold().endswith(_CODE):
            raise ModelUnusable(f"it brings code of its own ({place}), which is never run.")
        if path.name.casefold().endswith(_DESCRIPTIONS):
            _check_description(place, read_json(path))


def read_json(path: Path) -> Any:
    """The content of a description.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no JSON, or larger than any description.
    """
    if path.stat().st_size > _MAX_JSON_BYTES:
        raise ValueError(f"{path.name} is too large")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ValueError(f"{path.name} is nested too deeply") from error


def _files(folder: Path) -> Iterator[Path]:
    """Every file below a folder; links to folders are not followed, and are refused as they could lead to code."""
    waiting, seen = [(folder, 0)], 0
    while waiting:
        at, depth = waiting.pop()
        with os.scandir(at) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                seen += 1
                if seen > _MAX_FILES:
                    raise ModelUnusable(f"its folder has more than {_MAX_FILES:,} files.")
                if entry.is_dir(follow_symlinks=False):
                    if depth < _MAX_DEPTH and entry.name not in (".git", ".cache"):
                        waiting.append((Path(entry.path), depth + 1))
                elif entry.is_dir():
                    raise ModelUnusable(f"{entry.name} in it is a link to another folder.")
                else:
                    yield Path(entry.path)
                    yield from _target(entry)


def _target(entry: "os.DirEntry[str]") -> Iterator[Path]:
    """What a link leads to, when that has the ending of code."""
    if entry.is_symlink() and os.path.realpath(entry.path).casefold().endswith(_CODE):
        raise ModelUnusable(f"it brings code of its own ({entry.name}), which is never run.")
    yield from ()


def _check_description(place: str, content: Any) -> None:
    for key, value in _pairs(content):
        if key in _FORBIDDEN and value not in (None, False):
            raise ModelUnusable(f"{place} asks for code of its own ('{key}'), which is never run.")
        if key.startswith(_ATTENTION) and not _harmless(value):
            raise ModelUnusable(f"{place} asks for code of its own ('{key}'), which is never run.")


def _harmless(value: object) -> bool:
    return value is None or isinstance(value, bool) or value in _ATTENTION_NAMES


def _pairs(content: Any) -> Iterator[tuple[str, Any]]:
    """Every key of every object in a JSON value."""
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value.items()
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _check_classes(index: dict[str, Any]) -> None:
    """Every class comes from diffusers or transformers, and is named as a class is."""
    if not isinstance(index.get("_class_name"), str):
        raise ModelUnusable("its pipeline is not one of diffusers' own.")
    for part, told in index.items():
        if part.startswith("_") or not isinstance(told, list):
            continue
        if len(told) != 2 or told == [None, None]:
            continue
        library, name = told
        if name is not None and not (isinstance(name, str) and name.isidentifier()):
            raise ModelUnusable(f"the class of its {part} has no such name.")
        if library is not None and library not in _LIBRARIES and library not in _pipeline_folders():
            raise ModelUnusable(
                f"its {part} comes from '{str(library)[:60]}', and only diffusers' own classes are used."
            )


@cache
def _pipeline_folders() -> frozenset[str]:
    """The folders below diffusers' `pipelines`, whose names stand for parts such as safety checkers."""
    found = find_spec("diffusers")  # runs nothing of the package
    if found is None or not found.origin:
        return frozenset()
    try:
        return frozenset(entry.name for entry in os.scandir(Path(found.origin).parent / "pipelines") if entry.is_dir())
    except OSError:
        return frozenset()
