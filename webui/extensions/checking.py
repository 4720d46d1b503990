"""Judges what an extension's module implements and what its hooks answer, before anything else relies on it."""

import difflib
import inspect
import types
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import pluggy

from webui.extensions.faults import ExtensionFailed, plain
from webui.extensions.hook_table import HOOKS
from webui.extensions.hookspecs import PROJECT, HookSpecs
from webui.extensions.sides import Side

MOST_CONTRIBUTIONS = 200
_MARK = f"{PROJECT}_impl"


def hooks_of(module: object) -> tuple[str, ...]:
    """The names that the module marks as hooks, whether there are such hooks or not."""
    own = _own(module).items()
    return tuple(name for name, value in own if _is_function(value) and isinstance(getattr(value, _MARK, None), dict))


def hook_problem(module: object, side: Side) -> str:
    """Why the module's hooks cannot be used, in a sentence; "" where they can.

    A misspelt hook, one of the other process, one with arguments that it is not given, and wrappers are refused.
    """
    if not isinstance(module, types.ModuleType):
        return f"{side.file} put something else in the place of its module."
    names = hooks_of(module)
    problem = next(filter(None, (_problem_of(name, _own(module)[name], side) for name in names)), "")
    if problem:
        return problem
    if not names:
        return f"{side.file} has no hooks: put @hookimpl before each function that is one."
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    try:
        manager.register(types.SimpleNamespace(**{name: _own(module)[name] for name in names}))
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        return plain(str(error).split("\n")[-1], 200) + "."
    return ""


def _problem_of(name: str, function: Any, side: Side) -> str:
    options = getattr(function, _MARK)
    if name not in HOOKS:
        close = difflib.get_close_matches(name, HOOKS, n=1, cutoff=0.5)
        return f"There is no hook '{name}'." + (f" Did you mean '{close[0]}'?" if close else "")
    if side not in HOOKS[name].sides:
        return f"The hook '{name}' belongs into {HOOKS[name].sides[0].file}, not into {side.file}."
    if options.get("wrapper") or options.get("hookwrapper"):
        return f"The hook '{name}' is a wrapper, which is not supported: answer with a value instead."
    if inspect.iscoroutinefunction(function):
        return f"The hook '{name}' is an 'async def', which nobody would wait for: make it a plain function."
    if options.get("specname"):
        return f"The hook '{name}' goes by another name, which is not supported: call the function by the hook's."
    return ""


def checked_answer(hook: str, answer: Any) -> Any:
    """A hook's answer; for those that answer with a sequence, a tuple of at most 200 things of the right types.

    Raises:
        ExtensionFailed: it is something else.
    """
    gives = HOOKS[hook].gives
    if answer is None:
        return None
    if HOOKS[hook].fields:
        return _as_fields(answer)
    if not gives:
        return answer
    if isinstance(answer, str | bytes | dict) or not isinstance(answer, Iterable):
        raise ExtensionFailed(f"It gave {_kind(answer)}, where a list of {_named(gives)} is expected.")
    things = tuple(islice(answer, MOST_CONTRIBUTIONS + 1))
    if len(things) > MOST_CONTRIBUTIONS:
        raise ExtensionFailed(f"It gave more than {MOST_CONTRIBUTIONS} things.")
    wrong = [each for each in things if not isinstance(each, gives)]
    if wrong:
        raise ExtensionFailed(f"It gave {_kind(wrong[0])} in its list, where {_named(gives)} is expected.")
    names = [getattr(each, "name", None) for each in things]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ExtensionFailed(f"It gave two things of the name '{plain(str(twice), 60)}'.")
    return things


def _as_fields(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, Mapping):
        raise ExtensionFailed(f"It gave {_kind(answer)}, where a dict of fields is expected.")
    fields = dict(islice(answer.items(), MOST_CONTRIBUTIONS + 1))
    if len(fields) > MOST_CONTRIBUTIONS or not all(isinstance(name, str) for name in fields):
        raise ExtensionFailed(f"It gave more than {MOST_CONTRIBUTIONS} fields, or one whose name is no text.")
    return fields


def _is_function(value: object) -> bool:
    return type(value) is types.FunctionType


def _own(module: object) -> dict[str, Any]:
    return dict(vars(module)) if isinstance(module, types.ModuleType) else {}


def _kind(value: object) -> str:
    name = type(value).__name__
    return ("an " if name[:1].lower() in "aeiou" else "a ") + name


def _named(types_: tuple[type[Any], ...]) -> str:
    names = [each.__name__ for each in types_]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
