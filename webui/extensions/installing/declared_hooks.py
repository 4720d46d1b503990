"""Which hooks an extension's files define, read from their text: nothing of it is run."""

import ast
import warnings
from pathlib import Path

from webui.extensions.sides import Side

_MARK = "hookimpl"
_MAX_BYTES = 500_000


def declared_hooks(folder: Path) -> tuple[dict[str, list[str]], str]:
    """The hooks of each side, in their order in the file, and a sentence where a file cannot be read as Python."""
    hooks: dict[str, list[str]] = {}
    problem = ""
    for side in Side:
        path = folder / side.file
        if not path.is_file():
            continue
        try:
            hooks[side.value] = _marked(path)
        except SyntaxError as error:
            problem = problem or f"{path.name}, line {error.lineno or 1}, is not Python: {error.msg}."
        except (OSError, ValueError, RecursionError, MemoryError):
            problem = problem or f"{path.name} cannot be read."
    return hooks, problem


def _marked(path: Path) -> list[str]:
    if path.stat().st_size > _MAX_BYTES:
        raise ValueError("too large")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the extension's text, which is its author's business
        tree = ast.parse(path.read_bytes())
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return list(dict.fromkeys(node.name for node in functions if any(map(_is_mark, node.decorator_list))))


def _is_mark(decorator: ast.expr) -> bool:
    """Whether a decorator is `@hookimpl`, `@api.hookimpl` or one of them with arguments."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (isinstance(called, ast.Name) and called.id == _MARK) or (
        isinstance(called, ast.Attribute) and called.attr == _MARK
    )
