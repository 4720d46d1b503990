"""Loads an extension's file as `darkroom_extensions.<name>.<side>`, from its source and nothing else.

Compiled files are neither read nor written: a planted one would be run without being part of the tree's hash. The
packages that an extension brought are searched after everything else, so that the core's own always win.
"""

import importlib
import importlib.util
import os
import sys
import types
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from pathlib import Path

from webui.extensions.sides import Side

ROOT_PACKAGE = "darkroom_extensions"


class _SourceOnly(SourceFileLoader):
    def get_code(self, fullname: str) -> types.CodeType | None:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class _Finder(MetaPathFinder):
    """Finds what is below the root package: Python sources beside an extension's own file."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        if not path or not fullname.startswith(f"{ROOT_PACKAGE}."):
            return None
        return FileFinder(path[0], (_SourceOnly, [".py"])).find_spec(fullname, target)


def load_module(name: str, folder: Path, side: Side, packages: Path) -> types.ModuleType:
    """The extension's module of a side, freshly run. Whatever it raises is raised.

    Its folder is a package, so that it can import what is beside it (`from . import grain`). An `__init__.py` there is
    not run.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    _package(ROOT_PACKAGE, [])
    package = f"{ROOT_PACKAGE}.{name}"
    known = sys.modules.get(package)
    if known is not None and list(known.__path__) != [str(folder)]:
        _forget(lambda full_name, _: _is_of(package, full_name))  # one of that name in another folder
    if package not in sys.modules:
        _package(package, [str(folder)])
    if packages.is_dir() and str(packages) not in sys.path:
        sys.path.append(str(packages))
        importlib.invalidate_caches()
    full_name = f"{package}.{side.value}"
    sys.modules.pop(full_name, None)
    spec = importlib.util.spec_from_file_location(
        full_name, folder / side.file, loader=_SourceOnly(full_name, str(folder / side.file))
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[full_name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(full_name, None)
        raise
    return module


def unload_modules(name: str, packages: Path) -> None:
    """Forget the extension's modules and those of its packages, so that the next load reads them anew."""
    package = f"{ROOT_PACKAGE}.{name}"
    place = str(packages)

    def goes(full_name: str, module: object) -> bool:
        file = vars(module).get("__file__") if isinstance(module, types.ModuleType) else None
        return _is_of(package, full_name) or (isinstance(file, str) and file.startswith(place + os.sep))

    _forget(goes)
    if place in sys.path:
        sys.path.remove(place)
    importlib.invalidate_caches()


def _is_of(package: str, full_name: str) -> bool:
    return full_name == package or full_name.startswith(f"{package}.")


def _forget(goes: Callable[[str, object], bool]) -> None:
    for full_name, module in list(sys.modules.items()):
        if goes(full_name, module):
            sys.modules.pop(full_name, None)


def _package(name: str, path: list[str]) -> None:
    if name not in sys.modules:
        package = types.ModuleType(name)
        package.__path__ = path
        sys.modules[name] = package
