"""Every hook has its row, its docstring in full, a test of its own, and an entry in the documentation."""

import inspect
from pathlib import Path

import pytest

from webui.extensions.hook_table import HOOKS
from webui.extensions.hookspecs import GROUPS, HookSpecs
from webui.extensions.reference import hook_sections, reference_page

TESTS = Path(__file__).parent.parent
REFERENCE = TESTS.parent / "docs" / "extensions" / "reference.md"


def test_the_table_and_the_list_have_the_same_hooks() -> None:
    listed = [name for group in GROUPS for name, value in vars(group).items() if inspect.isfunction(value)]
    assert sorted(listed) == sorted(HOOKS)
    assert all(hasattr(HookSpecs, name) for name in HOOKS)


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_says_all_that_must_be_known(name: str) -> None:
    function = getattr(HookSpecs, name)
    sections = hook_sections(function.__doc__)
    assert all(sections.values())
    for argument in list(inspect.signature(function).parameters)[1:]:
        assert f"{argument}: " in sections["Arguments"]
    assert f"def {name}(" in sections["Example"]
    compile(sections["Example"], name, "exec")
    process = sections["Process"].casefold()
    assert all(side.value in process for side in HOOKS[name].sides)


def test_every_hook_has_a_test_of_its_name() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    assert [name for name in HOOKS if f"def test_hook_{name}(" not in sources] == []


def test_every_hook_has_an_entry_in_the_documentation() -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    assert [name for name in HOOKS if f"\n### {name}\n" not in page] == []


def test_the_reference_is_that_of_the_docstrings() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference_page(), (
        "run: python -m webui.extensions.reference > docs/extensions/reference.md"
    )
