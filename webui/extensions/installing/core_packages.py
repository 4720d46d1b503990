"""What Darkroom's own environment has, which no extension may change or hide."""

import site
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import distributions
from pathlib import Path

from packaging.utils import canonicalize_name

_OWN = frozenset({"webui", "app", "darkroom_extensions", "sitecustomize", "usercustomize"})


@cache
def core_versions() -> dict[str, str]:
    """The versions of the core's distributions by their canonical names. What extensions brought is not among them.

    What is half removed has no name or no version, and is left out.
    """
    found = ((each.metadata["Name"], each.metadata["Version"]) for each in distributions(path=_core_paths()))
    return {canonicalize_name(name): version for name, version in found if name and version}


def hidden_modules(overlay: Path) -> list[str]:
    """The modules in a folder of packages that would stand before ones of Python or of the core, as dotted names."""
    return sorted(_hidden(overlay, "", None))


def _hidden(folder: Path, prefix: str, places: Sequence[str] | None) -> Iterator[str]:
    for name in _modules(folder):
        dotted = f"{prefix}{name}"
        if not prefix and (name in _OWN or name in sys.stdlib_module_names):
            yield dotted
            continue
        found = PathFinder.find_spec(dotted, places or _core_paths())
        if found is None:
            continue
        # Folders without __init__ share their name: what is in both is looked for further in.
        if _is_shared(found) and (folder / name).is_dir() and not (folder / name / "__init__.py").exists():
            yield from _hidden(folder / name, f"{dotted}.", list(found.submodule_search_locations or ()))
        else:
            yield dotted


def _modules(folder: Path) -> set[str]:
    """The names that can be imported from a folder."""
    names = {path.name.partition(".")[0] for path in folder.iterdir() if path.suffix in (".py", ".so", ".pyd", ".pyc")}
    names |= {path.name for path in folder.iterdir() if path.is_dir() and path.name.isidentifier()}
    return {name for name in names if name.isidentifier() and name not in ("__pycache__", "bin", "share")}


def _is_shared(found: ModuleSpec) -> bool:
    return found.origin is None and found.submodule_search_locations is not None


def _core_paths() -> list[str]:
    return site.getsitepackages()
