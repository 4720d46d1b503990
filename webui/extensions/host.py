"""Calls the hooks of extensions, one after the other, so that what one of them does stays its own fault."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType, SimpleNamespace
from typing import Any

from webui.errors import InvalidRequest
from webui.extensions.call_mark import CallMark
from webui.extensions.calls import call_within
from webui.extensions.checking import checked_answer, hook_problem, hooks_of
from webui.extensions.controls import Control, Scalar, filled
from webui.extensions.faults import ExtensionFailed, Fault, fault_of
from webui.extensions.hook_table import HOOKS
from webui.extensions.implementations import Implementation, Implementations
from webui.extensions.importing import load_module, unload_modules
from webui.extensions.loading import Loadable
from webui.extensions.process_state import kept_process_state
from webui.extensions.sides import Side

_MOST_KEPT = 200
_SHUTDOWN_S = 5.0
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one extension answered."""

    extension: str
    value: Any


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
        self._implementations = Implementations()
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        for loadable in extensions:
            self.load(loadable)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What went wrong so far, the latest last."""
        return tuple(self._faults)

    @property
    def names(self) -> tuple[str, ...]:
        """The extensions that are loaded and not silent."""
        return self._implementations.names()

    def add_builtin(self, name: str, plugin: object) -> None:
        """Add a part of the program itself. It is called before all extensions, and its errors are raised."""
        self._implementations.add_builtin(name, plugin)

    def load(self, loadable: Loadable) -> bool:
        """Run an extension's file and its `startup`; false, with a fault told, where that goes wrong."""
        changed: list[str] = []
        with kept_process_state(changed.append):
            loaded = self._load(loadable)
        for words in changed if loaded else ():
            sentence = f"{loadable.name} {words}"
            self._tell(Fault(extension=loadable.name, hook="startup", sentence=sentence), loadable)
        return loaded

    def _load(self, loadable: Loadable) -> bool:
        name = loadable.name
        try:
            plugin = self._guarded(name, "import", _plugin_of, loadable, self.side)
        except BaseException as error:
            if _is_interrupt(error):
                raise
            self._tell(fault_of(name, "import", error), loadable)
            unload_modules(name, loadable.packages)
            return False
        self._implementations.add(loadable, plugin)
        return self._begin(loadable)

    def _begin(self, loadable: Loadable) -> bool:
        for implementation in self._of(loadable.name, "startup"):
            try:
                self._run(implementation, "startup", {})
            except BaseException as error:
                if _is_interrupt(error):
                    raise
                self._tell(fault_of(loadable.name, "startup", error))
                self._forget(loadable)
                return False
        return True

    def unload(self, name: str) -> None:
        """Call an extension's `shutdown` and forget it and its modules. A name that is not loaded is no error."""
        loadable = self._implementations.loadable(name)
        if loadable is not None:
            for implementation in self._of(name, "shutdown"):
                self._attempt(implementation, "shutdown", {})
            self._forget(loadable)

    def _forget(self, loadable: Loadable) -> None:
        self._implementations.remove(loadable.name)
        unload_modules(loadable.name, loadable.packages)

    def shut_down(self) -> None:
        """Call `shutdown` of every extension, the last loaded first; with a deadline for calls, in 5 seconds in all."""
        end = time.monotonic() + _SHUTDOWN_S
        for implementation in reversed(self._implementations.of("shutdown")):
            if self._deadline_s is not None:
                self._deadline_s = min(self._deadline_s, max(end - time.monotonic(), 0.1))
            self._attempt(implementation, "shutdown", {})

    def silence(self, name: str, why: str = "") -> None:
        """Call nothing of an extension any more until it is loaded again; `why`, a sentence, is told as a fault."""
        self._implementations.silence(name)
        if why:
            self._tell(Fault(extension=name, hook="", sentence=why))

    def forget_faults(self, name: str) -> None:
        """Hold nothing of what an extension did wrong so far against it any more."""
        with self._lock:
            self._faults = [fault for fault in self._faults if fault.extension != name]

    def has(self, hook: str) -> bool:
        """Whether anything would be called. Cheap enough for every step of a walk."""
        return bool(self._implementations.of(hook))

    def observe(self, hook: str, **arguments: Any) -> None:
        """Call every implementation; what they answer is not looked at."""
        for implementation in self._implementations.of(hook):
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
        for implementation in self._implementations.of(hook):
            if builtins not in (None, implementation.builtin) or only not in (None, implementation.extension):
                continue
            answer = self._attempt(implementation, hook, arguments, check)
            if answer is not None:
                answers.append(Gathered(implementation.extension, answer))
        return answers

    def report(self, name: str, hook: str, error: BaseException) -> None:
        """Tell what an extension did wrong outside of a call of the host; it counts as if it were in one."""
        self._failed(fault_of(name, hook, error))

    def module(self, name: str) -> object | None:
        """The functions of an extension that is loaded: another object each time it is loaded."""
        return self._implementations.plugin(name)

    def fold(
        self,
        hook: str,
        argument: str,
        *,
        check: Callable[..., str | None] | None = None,
        copy: Callable[[Any], Any] | None = None,
        **arguments: Any,
    ) -> Any:
        """Hand a value from one implementation to the next; None leaves it as it is.

        Args:
            hook: which.
            argument: the name of the argument that is handed on; `arguments` has its first value.
            check: (new, old=) -> what is wrong with the new one, in words that follow "gave"; None or "" is fine. What
                is wrong is a fault, and the old value goes on.
            copy: copies a value, so that an implementation which writes into what it is given changes only what it
                gives back.
            arguments: all that implementations may ask for, `values` apart.
        """
        for implementation in self._implementations.of(hook):
            old = arguments[argument]
            given = arguments | {argument: copy(old)} if copy else arguments
            new = self._attempt(implementation, hook, given, partial(check, old=old) if check else None)
            if new is not None:
                arguments[argument] = new
        return arguments[argument]

    def call(self, extension: str, what: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function that a contribution brought (a syntax's `resolve`, an upscaler's `upscale`).

        Raises:
            InvalidRequest: the function refuses the request.
            ExtensionFailed: anything else went wrong and has been told as a fault, or did so three times before.
        """
        if self._implementations.is_builtin(extension):
            return function(*arguments)
        if self._implementations.rests(extension, what):
            raise ExtensionFailed(f"{extension} is not called any more until the next start.")
        try:
            return self._guarded(extension, what, function, *arguments)
        except InvalidRequest:
            raise
        except BaseException as error:
            if _is_interrupt(error):
                raise
            fault = fault_of(extension, what, error)
            self._failed(fault)
            raise ExtensionFailed(fault.sentence) from error

    def _attempt(
        self,
        implementation: Implementation,
        hook: str,
        arguments: Mapping[str, Any],
        check: Callable[[Any], str | None] | None = None,
    ) -> Any:
        if self._implementations.is_silent(implementation.extension):
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
            self._failed(fault_of(implementation.extension, hook, error))
        except BaseException as error:
            if implementation.builtin or _is_interrupt(error):
                raise
            self._failed(fault_of(implementation.extension, hook, error))
        return None

    def _run(self, implementation: Implementation, hook: str, arguments: Mapping[str, Any]) -> Any:
        given = [_given(implementation, name, arguments) for name in implementation.arguments]

        def run() -> Any:
            return checked_answer(hook, implementation.function(*given))

        return run() if implementation.builtin else self._guarded(implementation.extension, hook, run)

    def _guarded(self, extension: str, hook: str, function: Callable[..., Any], *arguments: Any) -> Any:
        marked: AbstractContextManager[None] = self._mark.entered(extension, hook) if self._mark else nullcontext()
        with marked:
            return call_within(self._deadline_s, function, *arguments)

    def _of(self, name: str, hook: str) -> tuple[Implementation, ...]:
        return tuple(each for each in self._implementations.of(hook) if each.extension == name)

    def _failed(self, fault: Fault) -> None:
        if fault.hung:
            self._implementations.silence(fault.extension)
        self._implementations.count_fault(fault.extension, fault.hook)
        self._tell(fault)

    def _tell(self, fault: Fault, loadable: Loadable | None = None) -> None:
        loadable = loadable or self._implementations.loadable(fault.extension)
        _LOG.warning("%s", fault.sentence)
        if loadable is not None:
            loadable.log.error("%s\n%s", fault.sentence, fault.traceback)
        with self._lock:
            self._faults = [*self._faults, fault][-_MOST_KEPT:]
        try:
            if self._on_fault is not None:
                self._on_fault(fault)
        except Exception:
            _LOG.exception("A fault of %s could not be told", fault.extension)


def _given(implementation: Implementation, name: str, arguments: Mapping[str, Any]) -> Any:
    """An argument of a call: what is the extension's own is filled in, the rest is as it was given."""
    own = implementation.loadable
    if name == "values":
        about = (getattr(arguments.get(each), "request", None) for each in ("step", "walk", "image"))
        request = arguments.get("request") or next(filter(None, about), None)
        return MappingProxyType(values_for(request, implementation.extension, own.controls if own else ()))
    if name == "context" and name not in arguments:
        return own.context() if own else None
    return arguments[name]


def _plugin_of(loadable: Loadable, side: Side) -> object:
    """The functions that an extension marks as hooks, and nothing else of its module, which may be anything."""
    module = load_module(loadable.name, loadable.folder, side, loadable.packages)
    problem = hook_problem(module, side)
    if problem:
        raise ExtensionFailed(problem)
    return SimpleNamespace(**{hook: getattr(module, hook) for hook in hooks_of(module)})


def _is_interrupt(error: BaseException) -> bool:
    """Whether somebody pressed Ctrl-C at the command line: that is no fault of an extension."""
    return (
        isinstance(error, KeyboardInterrupt)
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
