"""Writes extensions that do what extensions must not be able to harm anyone with. What they do is in the files beside.

`lies()` is the trick of most of them: they behave while they are looked at before they are enabled, and show what
they are in the server or in its worker.
"""

import inspect
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from webui.extensions.hook_table import HOOKS
from webui.extensions.hookspecs import HookSpecs
from webui.extensions.sides import Side

PERMISSIONS = ("page", "requests", "pictures", "sampling", "routes")
TOML = """[extension]
name = "{name}"
title = "{name}"
version = "1.0.0"
author = "Nobody"
licence = "MIT"
description = "Does no good."
api = 1
permissions = [{permissions}]
"""
SHARED = """import ctypes, os, re, sys, threading, time
from pathlib import Path
from webui.extensions.api import *

PROBED = any("webui.extensions.probe" in word for word in sys.orig_argv)


def lies():
    return not PROBED


def hang(how):
    if how == "sleep":
        time.sleep(600)
    if how == "busy":
        while True:
            pass
    if how == "regex":  # one call into C that keeps the interpreter's lock
        re.match("(a+)+$", "a" * 64 + "b")


def die(how):
    if how == "exit":
        os._exit(0)
    if how == "segfault":
        ctypes.string_at(0)
    if how == "kill":
        os.kill(os.getpid(), 9)


"""
"""What each of them begins with."""


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """One of them: `web` and `worker` are source texts after `SHARED`, bytes are written as they are.

    `toml` replaces the usual `extension.toml`; `files` are further ones by their path.
    """

    name: str
    web: str | bytes | None = None
    worker: str | bytes | None = None
    toml: str | bytes | None = None
    requirements: tuple[str, ...] = ()
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    says: str = ""
    """A regular expression for the sentence that people are shown."""

    def write(self, folder: Path) -> Path:
        """Puts it into a folder of extensions; returns its own folder."""
        own = folder / self.name
        own.mkdir(parents=True)
        permissions = ", ".join(f'"{permission}"' for permission in PERMISSIONS)
        toml = TOML.format(name=self.name, permissions=permissions)
        if self.requirements:
            toml += f"requirements = [{', '.join(repr(each) for each in self.requirements)}]\n"
        _put(own / "extension.toml", toml if self.toml is None else self.toml)
        for side, source in (("web.py", self.web), ("worker.py", self.worker)):
            if source is not None:
                _put(own / side, source if isinstance(source, bytes) else SHARED + textwrap.dedent(source))
        for path, content in self.files.items():
            (own / path).parent.mkdir(parents=True, exist_ok=True)
            _put(own / path, content)
        return own


def hooks(side: str) -> dict[str, list[str]]:
    """The hooks of "web" or "worker" and their arguments, as the product lists them."""
    return {
        name: [each for each in inspect.signature(getattr(HookSpecs, name)).parameters if each != "self"]
        for name, hook in HOOKS.items()
        if Side(side) in hook.sides
    }


def implementing(side: str, body: str, *, only: Iterable[str] | None = None, without: Iterable[str] = ()) -> str:
    """Source of implementations that all do the same; `HOOK` in it stands for the hook's name."""
    source = []
    for name, arguments in hooks(side).items():
        if name in without or (only is not None and name not in only):
            continue
        done = textwrap.indent(textwrap.dedent(body).strip().replace("HOOK", name), "    ")
        source.append(f"@hookimpl\ndef {name}({', '.join(arguments)}):\n{done}\n")
    return "\n\n".join(source)


def _put(path: Path, content: str | bytes) -> None:
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
