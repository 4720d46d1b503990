"""The extensions of the web process: which are there, which are on, and what they may do."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from webui.errors import ExtensionNotFound, ExtensionUnusable
from webui.extensions.brings import Brings
from webui.extensions.call_mark import Call, CallMark
from webui.extensions.cards import Card, Status
from webui.extensions.contributions import ExtensionContext, Tab, Theme
from webui.extensions.controls import Control
from webui.extensions.crashes import Crashes
from webui.extensions.faults import Fault
from webui.extensions.folder_stamp import Stamp, folder_stamp
from webui.extensions.host import ExtensionHost
from webui.extensions.judging import Judge, newer_sentence
from webui.extensions.kept_settings import KeptSettings
from webui.extensions.loading import make_loadable
from webui.extensions.log_files import log_of, read_log
from webui.extensions.manifest import read_manifest
from webui.extensions.overlays import disagreements, versions_in
from webui.extensions.places import Places
from webui.extensions.probing import Problem, probe
from webui.extensions.sides import Side
from webui.extensions.store import ExtensionStore
from webui.extensions.tree_hash import tree_hash
from webui.extensions.web_loading import WebLoading
from webui.settings import Settings

_LOG = logging.getLogger(__name__)


class Extensions:
    """Every installed extension; loads those that are on. Several threads may use it.

    Args:
        settings: where the extensions and the data folder are, and how long a call may take.
        safe_mode: load none; None does as the settings say.
        watched: whether this is the one process that keeps call marks and counts crashes. False for a command line
            that may run beside a server.
        loads: whether what is on is loaded into this process. False where extensions are only looked after.
    """

    def __init__(
        self, settings: Settings, *, safe_mode: bool | None = None, watched: bool = True, loads: bool = True
    ) -> None:
        self.settings = settings
        self.safe_mode = settings.safe_mode if safe_mode is None else safe_mode
        self._loads = loads
        self.extensions_dir = settings.extensions_dir
        self.places = Places.below(settings.data_dir)
        self.store = ExtensionStore(self.places.state_file)
        self.version, self._versions = 0, count(1)
        self._lock = threading.RLock()
        self._listeners: list[Callable[[], None]] = []
        self._cards: dict[str, Card] = {}
        self._worker_faults: list[Fault] = []
        self._crashes = Crashes(self.store, self.places)
        self._judge = Judge(self.store, self.places, safe_mode=self.safe_mode)
        self._mark = self._begin_watching() if watched else None
        self.web = ExtensionHost(
            Side.WEB, deadline_s=settings.extension_deadline_s, call_mark=self._mark, on_fault=self._web_fault
        )
        self._loading = WebLoading(self.web, self.store, self.places)
        self.refresh()

    @property
    def state_dir(self) -> Path:
        """Where the program keeps what belongs to extensions."""
        return self.places.state_dir

    # What is there

    def cards(self) -> list[Card]:
        """Every installed extension, by name."""
        with self._lock:
            return [self._with_faults(self._cards[name]) for name in sorted(self._cards)]

    def card(self, name: str) -> Card:
        """One of them.

        Raises:
            ExtensionNotFound: none of that name is installed.
        """
        with self._lock:
            if name not in self._cards:
                raise ExtensionNotFound(f"There is no extension '{name[:40]}'.", hint="Install it first.")
            return self._with_faults(self._cards[name])

    def is_on(self, name: str) -> bool:
        """Whether it is enabled and loaded."""
        with self._lock:
            return name in self._cards and self._cards[name].status is Status.ON

    def _on(self) -> list[Card]:
        with self._lock:
            return [card for _, card in sorted(self._cards.items()) if card.status is Status.ON]

    def brings(self, name: str) -> Brings:
        """What an extension that is on brings; nothing where it is not on."""
        with self._lock:
            return self._cards[name].brings if self.is_on(name) else Brings()

    def controls(self) -> dict[str, tuple[Control, ...]]:
        """The controls of those that are on, by extension; those without any are left out."""
        return {card.name: card.brings.controls for card in self._on() if card.brings.controls}

    def tabs(self) -> list[tuple[str, Tab]]:
        """The tabs of those that are on, each with its extension's name."""
        return [(card.name, tab) for card in self._on() for tab in card.brings.tabs]

    def tunnels(self) -> list[tuple[str, str, str]]:
        """The tunnels of those that are on, each as its extension's name, its own and its label."""
        return [(card.name, row["name"], row["label"]) for card in self._on() for row in card.brings.tunnels]

    def themes(self) -> list[tuple[str, Theme]]:
        """The themes of those that are on, each with its extension's name."""
        return [(card.name, theme) for card in self._on() for theme in card.brings.themes]

    def syntaxes(self) -> frozenset[str]:
        """The names of what those that are on read in prompts."""
        return frozenset(row["name"] for card in self._on() for row in card.brings.syntaxes)

    def worker_folders(self) -> tuple[str, ...]:
        """The folders of those that are on and have a worker.py, for the worker to load."""
        found = [card for card in self._on() if card.manifest and Side.WORKER in card.manifest.sides]
        return tuple(str(self.extensions_dir / card.name) for card in found)

    def folder(self, name: str) -> Path:
        """Where an installed extension lies.

        Raises:
            ExtensionNotFound: none of that name is installed.
        """
        return self.extensions_dir / self.card(name).name

    def context(self, name: str) -> ExtensionContext:
        """What hooks of an installed extension are given of it.

        Raises:
            ExtensionNotFound: none of that name is installed.
            ExtensionUnusable: its extension.toml cannot be used.
        """
        return make_loadable(self.folder(name), self.store, self.places).context()

    def kept_settings(self, name: str) -> KeptSettings:
        """An extension's settings, to read and to write.

        Raises:
            ExtensionNotFound: none of that name is installed.
        """
        return KeptSettings(self.places.settings(name), self.card(name).brings.settings)

    def log(self, name: str) -> str:
        """The end of an extension's log.

        Raises:
            ExtensionNotFound: none of that name is installed.
        """
        return read_log(self.places.log(self.card(name).name))

    # What people decide

    def enable(self, name: str) -> Card:
        """Try an extension in a process of its own, and load it. What it did wrong before is forgotten.

        Raises:
            ExtensionNotFound: none of that name is installed.
            ExtensionUnusable: it cannot be used as it is; the card and the log say why.
        """
        self.card(name)
        if self.safe_mode:
            raise ExtensionUnusable(
                "Extensions cannot be enabled in safe mode.", hint="Start the server without --safe-mode."
            )
        folder = self.extensions_dir / name
        manifest = read_manifest(folder)
        if manifest.needs_newer:
            raise ExtensionUnusable(newer_sentence(manifest), hint="Update Darkroom.")
        found_hash = tree_hash(folder)
        found = probe(folder, self.places.packages(name), timeout_s=2 * self.settings.extension_deadline_s)
        if isinstance(found, Problem) and found.ours:
            _LOG.error("%s could not be tried:\n%s", name, found.output)
            raise ExtensionUnusable(
                f"{manifest.title} could not be tried, which is no fault of it.", hint="The server's log says why."
            )
        if isinstance(found, Problem):
            log_of(name, self.places.log(name)).error("%s\n%s", found.sentence, found.output)
            self.store.update(name, enabled=False, problem=found.sentence, switched_off="")
            self.refresh()
            raise ExtensionUnusable(f"{manifest.title} cannot be enabled: {found.sentence}", hint="Its log says more.")
        self._loading.unload(name)
        self.web.forget_faults(name)
        self.store.update(
            name, enabled=True, tree_hash=found_hash, brings=found, crashes=0, switched_off="", problem=""
        )
        self._worker_faults = [fault for fault in self._worker_faults if fault.extension != name]
        self.refresh()
        return self.card(name)

    def disable(self, name: str) -> Card:
        """Load an extension no more.

        Raises:
            ExtensionNotFound: none of that name is installed.
        """
        self.card(name)
        self.store.update(name, enabled=False, switched_off="", problem="", crashes=0)
        self.refresh()
        return self.card(name)

    # What happens

    def on_change(self, listener: Callable[[], None]) -> None:
        """Have it called whenever an extension was loaded, unloaded, added, removed or got a fault."""
        self._listeners.append(listener)

    def refresh(self) -> None:
        """Look at the folder again; load what is on and is not, unload what is not on any more."""
        with self._lock:
            self._stamp = self._stamp_now()
            before = self._cards
            self._cards = self._judge.cards(self.extensions_dir)
            on = {card.name: card for card in self._on()}
            for name in before.keys() - on.keys():
                self._loading.unload(name)
            for name, card in on.items() if self._loads else ():
                if not self._loading.is_loaded(card):
                    problem = self._loading.load(card, self.extensions_dir / name)
                    if problem:
                        self._cards[name] = replace(card, status=Status.FAULTY, problem=problem)
            self._note_disagreements()
        self._changed()

    def look_again(self) -> None:
        """Refresh if a file of an extension, or what another process decided about one, may have changed."""
        if self._stamp_now() != self._stamp:
            self.refresh()

    def _stamp_now(self) -> Stamp:
        return folder_stamp(self.extensions_dir, self.places.state_file)

    def worker_fault(self, fault: Fault) -> None:
        """Show on its card what an extension did wrong in the worker."""
        self._worker_faults = [*self._worker_faults, fault][-200:]
        self._changed()

    def worker_crashed(self, call: Call) -> bool:
        """Count a worker that died inside a call; true where the extension is switched off for it."""
        off = self._crashes.count(call, "the worker")
        self.refresh()
        return off

    def switch_off(self, name: str, why: str) -> None:
        """Load an extension no more until somebody enables it again; `why` is a sentence for its card."""
        self._crashes.switch_off(name, why)
        self.refresh()

    def close(self) -> None:
        """Call `shutdown` of all. Crashes before count no more, as this start has ended in order."""
        self._loading.end()
        if self._mark is not None:
            self._crashes.forget()
            self._mark.close()

    def _begin_watching(self) -> CallMark | None:
        left = CallMark.read(self.places.web_mark)
        if left is not None:
            self._crashes.count(left, "the server")
        try:
            return CallMark(self.places.web_mark)
        except OSError as error:
            _LOG.warning("Calls of extensions are not marked: %s", error)
            return None

    # How it is done

    def _note_disagreements(self) -> None:
        overlays = {card.name: versions_in(self.places.packages(card.name)) for card in self._on()}
        for name in overlays:
            self._cards[name] = replace(self._cards[name], notices=disagreements(name, overlays))

    def _web_fault(self, fault: Fault) -> None:
        if fault.hung and fault.hook != "shutdown":  # the time for that is shared, and it is over anyway
            self._hung(fault)
        self._changed()

    def _hung(self, fault: Fault) -> None:
        self._crashes.switch_off(fault.extension, fault.sentence)
        with self._lock:
            if fault.extension in self._cards:
                card = self._cards[fault.extension]
                self._cards[fault.extension] = replace(card, status=Status.SWITCHED_OFF, problem=fault.sentence)

    def _with_faults(self, card: Card) -> Card:
        faults = [fault for fault in (*self.web.faults, *self._worker_faults) if fault.extension == card.name]
        return replace(card, faults=tuple(faults[-20:]), has_log=self.places.log(card.name).is_file())

    def _changed(self) -> None:
        self.version = next(self._versions)
        for listener in list(self._listeners):
            try:
                listener()
            except Exception:
                _LOG.exception("A listener to changes of extensions failed")
