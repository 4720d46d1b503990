"""Which functions are called for each hook, in which order; what rests, and whose turn it is not."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pluggy

from webui.extensions.hook_table import HOOKS
from webui.extensions.hookspecs import PROJECT, HookSpecs
from webui.extensions.loading import Loadable

MOST_FAULTS = 3
"""After so many faults in one hook, the hook of that extension rests until the next start."""


@dataclass(frozen=True, slots=True)
class Implementation:
    """A function that is called for a hook, with the arguments that it takes by name."""

    extension: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    rank: int
    loadable: Loadable | None
    """Whose function it is; kept here, as an extension may be unloaded while it is in a call."""

    @property
    def builtin(self) -> bool:
        """Whether it is a part of the program itself."""
        return self.loadable is None


class Implementations:
    """Those of one process. Several threads may use it; reading takes no lock."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(HookSpecs)
        self._lock = threading.RLock()
        self._builtins: set[str] = set()
        self._loaded: dict[str, Loadable] = {}
        self._faults: dict[tuple[str, str], int] = {}
        self._silent: set[str] = set()
        self._by_hook: dict[str, tuple[Implementation, ...]] = {}

    def of(self, hook: str) -> tuple[Implementation, ...]:
        """What is called for a hook: the built-in parts first, then extensions in the order of loading."""
        return self._by_hook.get(hook, ())

    def loadable(self, name: str) -> Loadable | None:
        """An extension that is loaded."""
        return self._loaded.get(name)

    def plugin(self, name: str) -> object | None:
        """The functions of an extension that is loaded: another object each time it is loaded."""
        return self._manager.get_plugin(name) if name in self._loaded else None

    def names(self) -> tuple[str, ...]:
        """The extensions that are loaded and not silent."""
        return tuple(name for name in tuple(self._loaded) if name not in self._silent)

    def is_builtin(self, name: str) -> bool:
        """Whether a part of the program itself goes by that name."""
        return name in self._builtins

    def is_silent(self, name: str) -> bool:
        """Whether nothing of an extension is called any more."""
        return name in self._silent

    def rests(self, name: str, hook: str) -> bool:
        """Whether a hook of an extension, or all of it, is not called any more."""
        return name in self._silent or self._faults.get((name, hook), 0) >= MOST_FAULTS

    def add_builtin(self, name: str, plugin: object) -> None:
        """Add a part of the program itself."""
        with self._lock:
            self._manager.register(plugin, name)
            self._manager.check_pending()
            self._builtins.add(name)
            self._renew()

    def add(self, loadable: Loadable, plugin: object) -> None:
        """Add an extension, with nothing held against it."""
        with self._lock:
            self._loaded[loadable.name] = loadable
            self._silent.discard(loadable.name)
            self._faults = {key: count for key, count in self._faults.items() if key[0] != loadable.name}
            self._manager.register(plugin, loadable.name)
            self._renew()

    def remove(self, name: str) -> None:
        """Forget an extension."""
        with self._lock:
            if self._loaded.pop(name, None) is not None:
                self._silent.discard(name)
                self._manager.unregister(name=name)
                self._renew()

    def silence(self, name: str) -> None:
        """Call nothing of an extension until it is added again."""
        with self._lock:
            self._silent.add(name)
            self._renew()

    def count_fault(self, name: str, hook: str) -> None:
        """Count a fault; after three the hook of that extension rests."""
        with self._lock:
            self._faults[name, hook] = self._faults.get((name, hook), 0) + 1
            if self._faults[name, hook] == MOST_FAULTS:
                self._renew()

    def _renew(self) -> None:
        order = {name: index for index, name in enumerate((*self._builtins, *self._loaded))}
        by_hook: dict[str, tuple[Implementation, ...]] = {}
        for hook in HOOKS:
            found = []
            for each in getattr(self._manager.hook, hook).get_hookimpls():
                name = each.plugin_name
                if self._is_called(name, hook):
                    rank = (each.trylast - each.tryfirst) * len(order) + order[name]
                    loadable = self._loaded.get(name)
                    found.append(Implementation(name, each.function, each.argnames, rank, loadable))
            if found:
                by_hook[hook] = tuple(sorted(found, key=lambda each: (not each.builtin, each.rank)))
        self._by_hook = by_hook

    def _is_called(self, name: str, hook: str) -> bool:
        if name in self._builtins:
            return True
        return HOOKS[hook].allowed_to(self._loaded[name].permissions) and not self.rests(name, hook)
