"""What diffusers' pipeline classes take and return, learnt from their source files without importing them. No torch.

Any pipeline that turns a prompt into pictures or a film can be run (`webui.diffusion.families.pipeline`); which those
are, and what each can do, is written in the signature of its `__call__`. The web process must know that and must not
import diffusers, hence the look at its source.
"""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from webui.generation.pipeline_calls import PipelineCall, problem_of

_CLASS_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,99}Pipeline")


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineDescription:
    """A pipeline class. `problem` says why it cannot be run, or is None."""

    name: str
    call: PipelineCall
    problem: str | None


@cache
def described_pipeline(class_name: object) -> PipelineDescription | None:
    """What is known of a pipeline class; None where diffusers has none of that name."""
    if not isinstance(class_name, str) or not _CLASS_NAME.fullmatch(class_name) or class_name not in _exported():
        return None
    file = _file_of(class_name)
    function = None if file is None else _call_of(ast.parse(file.read_text(encoding="utf-8")), class_name)
    if function is None:
        return None
    call = _described(function)
    return PipelineDescription(name=class_name, call=call, problem=problem_of(class_name, call))


@cache
def _folder() -> Path | None:
    """Where diffusers is installed. A specification is found without running any of a package's code."""
    found = find_spec("diffusers")
    return Path(found.origin).parent if found and found.origin else None


@cache
def _exported() -> frozenset[str]:
    """Every name of diffusers' own list, which is a module of text literals."""
    folder = _folder()
    if folder is None:
        return frozenset()
    tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    literals = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return frozenset(value for value in literals if isinstance(value, str))


def _file_of(class_name: str) -> Path | None:
    folder = _folder()
    assert folder is not None
    files = (folder / "pipelines").rglob("pipeline_*.py")
    return next((file for file in files if f"\nclass {class_name}(" in file.read_text(encoding="utf-8")), None)


def _call_of(tree: ast.Module, class_name: str) -> ast.FunctionDef | None:
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    if class_name not in classes:
        return None
    functions = (node for node in classes[class_name].body if isinstance(node, ast.FunctionDef))
    return next((node for node in functions if node.name == "__call__"), None)


def _described(function: ast.FunctionDef) -> PipelineCall:
    arguments = [*function.args.posonlyargs, *function.args.args][1:]
    names = [argument.arg for argument in arguments]
    optional = len(function.args.defaults)
    required = names[: len(names) - optional] if optional else names
    names += [argument.arg for argument in function.args.kwonlyargs]
    required += [
        argument.arg
        for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
        if default is None
    ]
    defaults = dict(zip(reversed(names[: len(arguments)]), reversed(function.args.defaults), strict=False))
    scale = defaults.get("guidance_scale")
    return PipelineCall(
        parameters=frozenset(names),
        required=frozenset(required),
        returns=frozenset(_returned(function)),
        scaled=not (isinstance(scale, ast.Constant) and scale.value is None),
    )


def _returned(function: ast.FunctionDef) -> Iterable[str]:
    """Which fields the pipeline's output is made with."""
    calls = (node.value for node in ast.walk(function) if isinstance(node, ast.Return))
    for call in calls:
        if isinstance(call, ast.Call):
            yield from (keyword.arg for keyword in call.keywords if keyword.arg)
