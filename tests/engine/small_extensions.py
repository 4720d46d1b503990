"""Extensions of one worker.py, written into a folder, for tests of what walks make of them."""

from pathlib import Path
from textwrap import dedent

from webui.extensions.loading import Loadable, make_loadable
from webui.extensions.places import Places
from webui.extensions.store import ExtensionStore
from webui.extensions.tree_hash import tree_hash

_TOML = """[extension]
name = "{name}"
title = "{name}"
version = "1.0.0"
author = "Somebody"
licence = "MIT"
description = "For a test."
api = 1
permissions = ["requests", "pictures", "sampling"]
"""
_TORCH = """import torch
from webui.diffusion.sigma_scheduler import SigmaScheduler
"""
_HEAD = """import os, time
from PIL import Image, ImageOps
from webui.extensions.api import *

"""


def write_extension(folder: Path, name: str, worker: str, *, torch: bool = True) -> Path:
    """One whose worker.py has this source, after the usual imports, with or without `torch`; returns its folder."""
    own = folder / name
    own.mkdir(parents=True)
    (own / "extension.toml").write_text(_TOML.format(name=name))
    (own / "worker.py").write_text((_TORCH if torch else "") + _HEAD + dedent(worker))
    return own


def enabled(folder: Path, data_dir: Path) -> Path:
    """The extension in a folder, as if somebody had switched it on."""
    store = ExtensionStore(Places.below(data_dir).state_file)
    store.update(folder.name, enabled=True, tree_hash=tree_hash(folder))
    return folder


def loadable(folder: Path, data_dir: Path) -> Loadable:
    """The extension in a folder, as a host loads it."""
    places = Places.below(data_dir)
    return make_loadable(folder, ExtensionStore(places.state_file), places)
