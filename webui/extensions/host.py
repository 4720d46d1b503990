"""Calls the hooks of extensions, one after the other, so that what one of them does stays its own fault."""

import logging
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pluggy

from webui.errors import InvalidRequest
from webui.extensions.call_mark import CallMark
from webui.extensions.calls import OverTime, call_within
from webui.extensions.checking import checked_answer, hook_problem, hooks_of
from webui.extensions.controls import Control, Scalar, filled
from webui.extensions.faults import ExtensionFailed, Fault, fault_of
from webui.extensions.hook_table import HOOKS
from webui.extensions.hookspecs import PROJECT, HookSpecs
from webui.extensions.importing import load_module, unload_modules
from webui.extensions.loading import Loadable
from webui.extensions.sides import Side

MOST_FAULTS = 3
"""After so many faults in one hook, the hook of that extension rests until the next start."""
_MOST_KEPT = 200
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one extension answered."""

    extension: str
    value: Any


@dataclass(frozen=True, slots=True)
class _Implementation:
    extension: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    rank: int
    builtin: bool


def values_for(request: Any, extension: str, controls: Sequence[Control]) -> dict[str, Scalar]:
    """What a request says for an extension's controls, with the defaults of those that it leaves out."""
    return filled(controls, request.extras.get(extension, {})) if request is not None else {}


class ExtensionHost:
    """The extensions of one process, and the built-in parts that use the same hooks. Several threads may call it.

    Args:
        side: which file of each extension it runs.
        extensions: loaded at once, in this order, which is also the order of the calls.
        deadline_s: how long a call may take, in seconds; a slower one is left behind in its thread and the extension
            is not called again. None where another process watches the mark.
        call_mark: where the call that is going on is written down.
        on_fault: is told each fault, in the thread of the call.
    """

    def __init__(
        self,
        side: Side,
        extensions: Sequence[Loadable] = (),
        *,
        deadline_s: float | None = 30.0,
        call_mark: CallMark | None = None,
        on_fault: Callable[[Fault], None] | None = None,
    ) -> None:
        self.side = side
        self._deadline_s, self._mark, self._on_fault = deadline_s, call_mark, on_fault
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(HookSpecs)
        self._lock = threading.RLock()
        self._loaded: dict[str, Loadable] = {}
        self._builtins: set[str] = set()
        self._counts: dict[tuple[str, str], int] = {}
        self._silent: set[str] = set()
        self._faults: list[Fault] = []
        self._calls: dict[str, tuple[_Implementation, ...]] = {}
        for loadable in extensions:
            self.load(loadable)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What went wrong so far, the latest last."""
        return tuple(self._faults)

    @property
    def names(self) -> tuple[str, ...]:
        """The extensions that are loaded and not silent."""
        return tuple(name for name in self._loaded if name not in self._silent)

    def add_builtin(self, name: str, plugin: object) -> None:
        """Add a part of the program itself. It is called before all extensions, and its errors are raised."""
        with self._lock:
            self._manager.register(plugin, name)
            self._manager.check_pending()
            self._builtins.add(name)
            self._renew()

    def load(self, loadable: Loadable) -> bool:
        """Run an extension's file and its `startup`; false, with a fault told, where that goes wrong."""
        name = loadable.name
        try:
            module = self._guarded(name, "import", load_module, name, loadable.folder, self.side, loadable.packages)
            problem = hook_problem(module, self.side)
            if problem:
                raise ExtensionFailed(problem)
            plugin = SimpleNamespace(**{hook: getattr(module, hook) for hook in hooks_of(module)})
        except BaseException as error:
            if _is_interrupt(error):
                raise
            self._tell(fault_of(name, "import", error))
            unload_modules(name, loadable.packages)
            return False
        with self._lock:
            self._loaded[name] = loadable
            self._silent.discard(name)
            self._counts = {key: count for key, count in self._counts.items() if key[0] != name}
            self._manager.register(plugin, name)
            self._renew()
        return self._begin(loadable)

    def _begin(self, loadable: Loadable) -> bool:
        for implementation in self._implementations("startup"):
            if implementation.extension == loadable.name:
                try:
                    self._run(implementation, "startup", {"context": loadable.context()})
                except BaseException as error:
                    if _is_interrupt(error):
                        raise
                    self._tell(fault_of(loadable.name, "startup", error))
                    self.unload(loadable.name)
                    return False
        return True

    def unload(self, name: str) -> None:
        """Call an extension's `shutdown` and forget it and its modules. A name that is not loaded is no error."""
        with self._lock:
            loadable = self._loaded.get(name)
            ends = [each for each in self._implementations("shutdown") if each.extension == name]
        if loadable is None:
            return
        for implementation in ends:
            self._attempt(implementation, "shutdown", {})
        with self._lock:
            self._loaded.pop(name, None)
            self._silent.discard(name)
            self._manager.unregister(name=name)
            self._renew()
        unload_modules(name, loadable.packages)

    def shut_down(self) -> None:
        """Call `shutdown` of every extension, the last loaded first."""
        for implementation in reversed(self._implementations("shutdown")):
            self._attempt(implementation, "shutdown", {})

    def silence(self, name: str, why: str = "") -> None:
        """Call nothing of an extension any more until it is loaded again; `why`, a sentence, is told as a fault."""
        with self._lock:
            self._silent.add(name)
            self._renew()
        if why:
            self._tell(Fault(extension=name, hook="", sentence=why))

    def has(self, hook: str) -> bool:
        """Whether anything would be called. Cheap enough for every step of a walk."""
        return hook in self._calls

    def observe(self, hook: str, **arguments: Any) -> None:
        """Call every implementation; what they answer is not looked at."""
        for implementation in self._implementations(hook):
            self._attempt(implementation, hook, arguments)

    def gather(
        self,
        hook: str,
        *,
        builtins: bool | None = None,
        only: str | None = None,
        check: Callable[[Any], str | None] | None = None,
        **arguments: Any,
    ) -> list[Gathered]:
        """What each implementation answers, without those that answer None.

        For hooks that answer with a sequence, `value` is a tuple of things of the right types.

        Args:
            hook: which.
            builtins: True calls the built-in parts alone, False the extensions alone, None both.
            only: call this extension alone.
            check: what is wrong with an answer, in words that follow "gave"; None or "" is fine. What is wrong is a
                fault, and the answer is left out.
            arguments: all that implementations may ask for, `values` and `context` apart.

        Raises:
            InvalidRequest: an implementation refuses the request, and the hook lets it.
        """
        answers = []
        for implementation in self._implementations(hook):
            if builtins not in (None, implementation.builtin) or only not in (None, implementation.extension):
                continue
            answer = self._attempt(implementation, hook, arguments, check)
            if answer is not None:
                answers.append(Gathered(implementation.extension, answer))
        return answers

    def report(self, name: str, hook: str, error: BaseException) -> None:
        """Tell what an extension did wrong outside of a call of the host; it counts as if it were in one."""
        self._failed(fault_of(name, hook, error), error)

    def module(self, name: str) -> object | None:
        """The module of an extension that is loaded: another one each time it is loaded."""
        return self._manager.get_plugin(name) if name in self._loaded else None

    def fold(
        self, hook: str, argument: str, *, check: Callable[..., str | None] | None = None, **arguments: Any
    ) -> Any:
        """Hand a value from one implementation to the next; None leaves it as it is.

        Args:
            hook: which.
            argument: the name of the argument that is handed on; `arguments` has its first value.
            check: (new, old=) -> what is wrong with the new one, in words that follow "gave"; None or "" is fine. What
                is wrong is a fault, and the old value goes on.
            arguments: all that implementations may ask for, `values` apart.
        """
        for implementation in self._implementations(hook):
            old = arguments[argument]
            new = self._attempt(implementation, hook, arguments, partial(check, old=old) if check else None)
            if new is not None:
                arguments[argument] = new
        return arguments[argument]

    def call(self, extension: str, what: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function that a contribution brought (a syntax's `resolve`, an upscaler's `upscale`).

        Raises:
            InvalidRequest: the function refuses the request.
            ExtensionFailed: anything else went wrong; it has been told as a fault.
        """
        if extension in self._builtins:
            return function(*arguments)
        if extension in self._silent:
            raise ExtensionFailed(f"{extension} is not called any more until the next start.")
        try:
            return self._guarded(extension, what, function, *arguments)
        except InvalidRequest:
            raise
        except BaseException as error:
            if _is_interrupt(error):
                raise
            fault = fault_of(extension, what, error)
            self._failed(fault, error)
            raise ExtensionFailed(fault.sentence) from error

    def _attempt(
        self,
        implementation: _Implementation,
        hook: str,
        arguments: Mapping[str, Any],
        check: Callable[[Any], str | None] | None = None,
    ) -> Any:
        if implementation.extension in self._silent:
            return None
        try:
            answer = self._run(implementation, hook, arguments)
            wrong = check(answer) if check and answer is not None else None
            if wrong:
                raise ExtensionFailed(f"It gave {wrong}")
            return answer
        except InvalidRequest as error:
            if implementation.builtin or HOOKS[hook].may_refuse:
                raise
            self._failed(fault_of(implementation.extension, hook, error), error)
        except BaseException as error:
            if implementation.builtin or _is_interrupt(error):
                raise
            self._failed(fault_of(implementation.extension, hook, error), error)
        return None

    def _run(self, implementation: _Implementation, hook: str, arguments: Mapping[str, Any]) -> Any:
        given = [
            self._values(implementation.extension, arguments) if name == "values" else arguments[name]
            for name in implementation.arguments
        ]

        def run() -> Any:
            return checked_answer(hook, implementation.function(*given))

        return run() if implementation.builtin else self._guarded(implementation.extension, hook, run)

    def _guarded(self, extension: str, hook: str, function: Callable[..., Any], *arguments: Any) -> Any:
        marked: AbstractContextManager[None] = self._mark.entered(extension, hook) if self._mark else nullcontext()
        with marked:
            return call_within(self._deadline_s, function, *arguments)

    def _values(self, extension: str, arguments: Mapping[str, Any]) -> Mapping[str, Scalar]:
        about = (getattr(arguments.get(name), "request", None) for name in ("step", "walk", "image"))
        request = arguments.get("request") or next(filter(None, about), None)
        loadable = self._loaded.get(extension)
        return MappingProxyType(values_for(request, extension, loadable.controls if loadable else ()))

    def _implementations(self, hook: str) -> tuple[_Implementation, ...]:
        return self._calls.get(hook, ())

    def _failed(self, fault: Fault, error: BaseException) -> None:
        with self._lock:
            if isinstance(error, OverTime):
                self._silent.add(fault.extension)
            key = (fault.extension, fault.hook)
            self._counts[key] = self._counts.get(key, 0) + 1
            self._renew()
        self._tell(fault)

    def _tell(self, fault: Fault) -> None:
        loadable = self._loaded.get(fault.extension)
        _LOG.warning("%s", fault.sentence)
        if loadable is not None:
            loadable.log.error("%s\n%s", fault.sentence, fault.traceback)
        with self._lock:
            self._faults = [*self._faults, fault][-_MOST_KEPT:]
        if self._on_fault is not None:
            self._on_fault(fault)

    def _renew(self) -> None:
        """Write down what would be called for each hook: built-in parts first, then in the order of loading."""
        order = {name: index for index, name in enumerate((*sorted(self._builtins), *self._loaded))}
        calls: dict[str, tuple[_Implementation, ...]] = {}
        for hook in HOOKS:
            found = []
            for each in getattr(self._manager.hook, hook).get_hookimpls():
                if self._is_called(each.plugin_name, hook):
                    rank = (each.trylast - each.tryfirst) * len(order) + order[each.plugin_name]
                    builtin = each.plugin_name in self._builtins
                    found.append(_Implementation(each.plugin_name, each.function, each.argnames, rank, builtin))
            if found:
                calls[hook] = tuple(sorted(found, key=lambda each: (not each.builtin, each.rank)))
        self._calls = calls

    def _is_called(self, name: str, hook: str) -> bool:
        if name in self._builtins:
            return True
        loadable = self._loaded[name]
        allowed = HOOKS[hook].permission is None or HOOKS[hook].permission in loadable.permissions
        return allowed and name not in self._silent and self._counts.get((name, hook), 0) < MOST_FAULTS


def _is_interrupt(error: BaseException) -> bool:
    """Whether somebody pressed Ctrl-C at the command line: that is no fault of an extension."""
    return (
        isinstance(error, KeyboardInterrupt)
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
