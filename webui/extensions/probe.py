"""Runs an extension's files for the first time, in a process of its own, and writes down what they bring.

Started by `webui.extensions.probing` with the folder, the overlay, a data folder, the file for the answer and the
permissions. The extension may print, hang, exit or crash here: this process is there for that.
"""

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from webui.errors import ExtensionUnusable
from webui.extensions.brings import brings_of
from webui.extensions.checking import checked_answer, hook_problem, hooks_of
from webui.extensions.contributions import ExtensionContext
from webui.extensions.controls import defaults
from webui.extensions.faults import error_sentence, error_traceback, fault_of
from webui.extensions.hook_table import HOOKS
from webui.extensions.importing import load_module
from webui.extensions.log_files import log_of
from webui.extensions.manifest import Manifest, read_manifest
from webui.extensions.offered_names import OfferedNames
from webui.extensions.sides import Side

HEAVY = ("torch", "diffusers", "transformers")
"""What the web process must not import."""
_MAX_FILE_BYTES = 64 * 2**20


def main(arguments: Sequence[str]) -> None:
    """Try the extension in `arguments[0]` and end the process, whatever threads the extension has started."""
    _limit_files()
    folder, packages, data_dir, answer_file = map(Path, arguments)
    begun_file(answer_file).touch()
    try:
        answer = {"brings": _try(read_manifest(folder), folder, packages, data_dir)}
    except BaseException as error:
        answer = {"problem": str(error) if isinstance(error, _Wrong) else fault_of(folder.name, "", error).sentence}
        if not isinstance(error, _Wrong):
            print(error_traceback(error), file=sys.stderr, flush=True)
    with contextlib.suppress(BaseException):
        answer_file.write_text(json.dumps(answer), encoding="utf-8")
    os._exit(0)


def begun_file(answer_file: Path) -> Path:
    """What is there once the program's own part is over: what goes wrong from then on is the extension's."""
    return answer_file.with_suffix(".begun")


class _Wrong(Exception):
    """The extension was tried and is wrong; the text is a sentence."""


def _try(manifest: Manifest, folder: Path, packages: Path, data_dir: Path) -> dict[str, Any]:
    hooks: dict[Side, tuple[str, ...]] = {}
    answers: dict[str, Sequence[Any]] = {}
    log = log_of(manifest.name, data_dir / "probe.log")
    for side in manifest.sides:
        module = _loaded(manifest.name, folder, side, packages)
        problem = hook_problem(module, side)
        if problem:
            raise _Wrong(problem)
        hooks[side] = hooks_of(module)
        for hook in hooks[side]:
            if HOOKS[hook].gives and HOOKS[hook].allowed_to(manifest.permissions):
                answers[hook] = _answer(hook, getattr(module, hook))
        if "register_routes" in hooks[side] and HOOKS["register_routes"].allowed_to(manifest.permissions):
            context = ExtensionContext(
                name=manifest.name, folder=folder, data_dir=data_dir,
                settings=defaults(answers.get("register_settings", ())), log=log,
            )  # fmt: skip
            _check_router(module.register_routes, context)
    _check_assets(folder, answers)
    brings = brings_of(hooks, answers)
    try:
        OfferedNames().offer(manifest.name, brings)
    except ExtensionUnusable as error:
        raise _Wrong(str(error)) from error
    return brings.to_json()


def _limit_files() -> None:
    """No file of this process, its output among them, grows beyond 64 MB, and none is written when it crashes."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_FILE_BYTES, _MAX_FILE_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextlib.contextmanager
def _told_if_it_fails(what: str) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        print(error_traceback(error), file=sys.stderr, flush=True)
        raise _Wrong(f"{what}: {error_sentence(error)}") from error


def _loaded(name: str, folder: Path, side: Side, packages: Path) -> Any:
    with _told_if_it_fails(f"{side.file} cannot be loaded"):
        module = load_module(name, folder, side, packages)
    heavy = next((each for each in HEAVY if side is Side.WEB and each in sys.modules), None)
    if heavy:
        raise _Wrong(f"web.py imports {heavy}, which belongs into worker.py: the web process does without it.")
    return module


def _answer(hook: str, function: Any) -> Sequence[Any]:
    with _told_if_it_fails(f"{hook} failed"):
        return checked_answer(hook, function()) or ()


def _check_router(function: Any, context: ExtensionContext) -> None:
    from fastapi import APIRouter

    arguments = function.__code__.co_varnames[: function.__code__.co_argcount]
    with _told_if_it_fails("register_routes failed"):
        router = function(context) if arguments else function()
    if router is not None and not isinstance(router, APIRouter):
        raise _Wrong(f"register_routes gave a {type(router).__name__}, where an APIRouter is expected.")


def _check_assets(folder: Path, answers: dict[str, Sequence[Any]]) -> None:
    for tab in answers.get("register_tabs", ()):
        for path in filter(None, (tab.html, tab.script, tab.style)):
            if not (folder / "assets" / path).is_file():
                raise _Wrong(f"The tab '{tab.label}' names assets/{path}, which is not there.")


if __name__ == "__main__":
    main(sys.argv[1:])
