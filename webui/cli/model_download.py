"""`webui models download`: a model from a link or the Hugging Face hub, put where its kind belongs."""

import argparse
import hashlib
import sys
import time
from typing import Any

from webui.model_manager.catalogue.model_folders import OWN_FOLDERS
from webui.model_manager.downloads.addresses import Gate
from webui.model_manager.downloads.download import Order, download
from webui.model_manager.downloads.fetch import Line
from webui.model_manager.downloads.sources import FORMS
from webui.settings import load_settings

_TOLD_SECONDS = 0.5


def add_download(actions: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the action to the parser."""
    command = actions.add_parser("download", parents=[folders], help="download a model; run again, it goes on")
    command.add_argument("source", metavar="SOURCE", help=FORMS[0].lower() + FORMS[1:-1])
    command.add_argument("--kind", choices=tuple(OWN_FOLDERS), help="what it is (found out by itself)")
    command.add_argument("--sha256", metavar="HASH", help="what its SHA-256 must be")
    command.set_defaults(run=run_download)


def run_download(options: argparse.Namespace) -> int:
    """Downloads the model, telling how far it is; prints where it is now."""
    settings = load_settings(extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir)
    gate = Gate(loopback=settings.downloads_from_this_computer)
    order = Order(source=options.source, kind=options.kind, sha256=options.sha256).checked(gate)
    # The same source finds its own parts again after a break.
    workplace = f"command-line-{hashlib.sha256(order.source.strip().encode()).hexdigest()[:12]}"
    line = Line(gate, _Meter())
    try:
        path = download(order, settings.models_dirs[0], workplace, line)
    finally:
        print(file=sys.stderr)
    print(path)
    return 0


class _Meter:
    """Writes one line to the terminal, over and over."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._told = 0.0
        self._first: int | None = None

    def __call__(self, done: int, total: int | None) -> None:
        now = time.monotonic()
        if self._first is None:
            self._first = done
        if now - self._told < _TOLD_SECONDS and done != total:
            return
        self._told = now
        rate = (done - self._first) / max(now - self._began, 1e-3) / 1e6
        of = f" of {total / 1e6:,.0f} MB ({100 * done / total:.0f} %)" if total else " MB"
        print(f"\r{done / 1e6:,.0f}{of}, {rate:,.1f} MB/s   ", end="", file=sys.stderr, flush=True)
