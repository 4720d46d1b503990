"""Makes the reference page of the hooks from their docstrings, so that the two cannot differ."""

import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass

from webui.extensions import api
from webui.extensions.hook_table import HOOKS
from webui.extensions.hookspecs import GROUPS
from webui.extensions.permissions import Permission

SECTIONS = ("Called", "Process", "Arguments", "Returns", "None", "Errors", "Example")
"""The headings that every hook's docstring has, in this order."""
_HEADING = re.compile(rf"^({'|'.join(SECTIONS)}):$", re.MULTILINE)
_ARGUMENT = re.compile(r"^(\w+): ", re.MULTILINE)
_INTRODUCTION = """\
# Reference of the hooks

This page is made from `webui/extensions/hooks/`; do not edit it by hand:
`python -m webui.extensions.reference > docs/extensions/reference.md`.

An extension implements a hook with a function of its name, marked `@hookimpl`, in `web.py` or `worker.py` as given
here. A function may take fewer arguments than are listed, by their names. `values` are the extension's own: what the
request says for its controls, with the defaults of those that it leaves out.

Extensions are called one after the other, in the order of their names; `@hookimpl(tryfirst=True)` and
`@hookimpl(trylast=True)` move a function to the front or to the back. Wrappers and `async` functions are not supported.
An error in one extension never stops the others: it is shown on the extension's card, with its traceback in the log,
and after three errors in one hook the hook of that extension rests until the next start.
"""


def reference_page() -> str:
    """The page, in Markdown."""
    return "\n".join([_INTRODUCTION, *_permissions(), *_overview(), *_hooks(), *_types()]).rstrip() + "\n"


def hook_sections(docstring: str) -> dict[str, str]:
    """The parts of a hook's docstring by heading; what stands before the first one is under "".

    Raises:
        ValueError: headings are missing, or stand in another order.
    """
    summary, *rest = _HEADING.split(inspect.cleandoc(docstring))
    found = dict(zip(rest[::2], rest[1::2], strict=True))
    if tuple(found) != SECTIONS:
        raise ValueError(f"the headings are {', '.join(found)}, and should be {', '.join(SECTIONS)}")
    return {"": summary.strip()} | {name: textwrap.dedent(text).strip() for name, text in found.items()}


def _permissions() -> Iterator[str]:
    yield "## Permissions\n"
    yield "What an extension asks for in its `extension.toml`. A hook without its permission is not called.\n"
    yield "| permission | what it allows | hooks |\n| --- | --- | --- |"
    for permission in Permission:
        hooks = ", ".join(f"[`{name}`](#{name})" for name, hook in HOOKS.items() if hook.permission is permission)
        yield f"| `{permission}` | {permission.meaning} | {hooks or 'none'} |"
    yield ""


def _overview() -> Iterator[str]:
    yield "## All hooks\n"
    yield "| hook | file | permission | |\n| --- | --- | --- | --- |"
    for group in GROUPS:
        for name, function in _functions(group):
            files = ", ".join(f"`{side.file}`" for side in HOOKS[name].sides)
            permission = f"`{HOOKS[name].permission}`" if HOOKS[name].permission else ""
            summary = " ".join(hook_sections(function.__doc__ or "")[""].split())
            yield f"| [`{name}`](#{name}) | {files} | {permission} | {summary} |"
    yield ""


def _hooks() -> Iterator[str]:
    for group in GROUPS:
        yield f"## {(group.__doc__ or '').rstrip('.')}\n"
        for name, function in _functions(group):
            yield from _hook(name, function)


def _functions(group: type) -> Iterator[tuple[str, object]]:
    return ((name, value) for name, value in vars(group).items() if name in HOOKS)


def _hook(name: str, function: object) -> Iterator[str]:
    assert callable(function)
    sections = hook_sections(function.__doc__ or "")
    yield f"### {name}\n"
    yield f"{_flowing(sections[''])}\n"
    yield f"```python\n{_signature(name, function)}\n```\n"
    for heading in ("Called", "Process"):
        yield f"**{heading}.** {_flowing(sections[heading])}\n"
    if sections["Arguments"] != "None.":
        yield "**Arguments.**\n"
        _, *parts = _ARGUMENT.split(sections["Arguments"])
        yield from (f"- `{each}`: {_flowing(text)}" for each, text in zip(parts[::2], parts[1::2], strict=True))
        yield ""
    for heading in ("Returns", "None", "Errors"):
        yield f"**{heading}.** {_flowing(sections[heading])}\n"
    yield f"```python\n{sections['Example']}\n```\n"


def _signature(name: str, function: object) -> str:
    assert callable(function)
    signature = inspect.signature(function)
    arguments = ", ".join(
        f"{each.name}: {_type(each.annotation)}" for each in signature.parameters.values() if each.name != "self"
    )
    return f"def {name}({arguments}) -> {_type(signature.return_annotation)}"


def _type(annotation: object) -> str:
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    text = text.replace("str | int | float | bool", "Scalar")
    text = re.sub(r"Slider \| [\w |.]*?Text", "Control", re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z])", "", text))
    return text


def _types() -> Iterator[str]:
    yield "## Types\n"
    yield "All of them are imported from `webui.extensions.api`. They are frozen.\n"
    for name in api.__all__:
        value = getattr(api, name)
        if isinstance(value, type) and is_dataclass(value):
            listed = "\n".join(f"    {_field(field)}," for field in fields(value))
            yield f"### {name}\n\n```python\n{name}(\n{listed}\n)\n```\n\n{_paragraphs(inspect.getdoc(value) or '')}\n"


def _field(field: "Field[object]") -> str:
    if field.default is not MISSING:
        return f"{field.name}: {_type(field.type)} = {getattr(field.default, '__name__', repr(field.default))}"
    return f"{field.name}: {_type(field.type)}" + (" = ..." if field.default_factory is not MISSING else "")


def _paragraphs(docstring: str) -> str:
    """A docstring whose list of arguments, where it has one, is a list in Markdown, too."""
    text, _, arguments = docstring.partition("Args:")
    flowing = "\n\n".join(_flowing(each) for each in text.split("\n\n")).strip()
    _, *parts = _ARGUMENT.split(textwrap.dedent(arguments))
    listed = [f"- `{name}`: {_flowing(what)}" for name, what in zip(parts[::2], parts[1::2], strict=True)]
    return "\n".join([flowing, *([""] if listed else []), *listed])


def _flowing(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    print(reference_page(), end="")
