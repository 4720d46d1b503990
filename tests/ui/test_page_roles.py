"""What the page of each role has, down to every handler that can be called."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from fastapi import Request

from tests.ui.stand_ins import StandInCatalogue, StandInEngine
from webui.access.principal import Principal
from webui.access.roles import Role
from webui.generation.request import GenerationRequest
from webui.ui import assets
from webui.ui.page import build_page
from webui.ui.page_roles import PAGES, Part, Tab

_BENCH = frozenset({
    "Controls.model_chosen", "Controls.schedules_for", "FormFiller._filled", "MakingTab._chosen", "MakingTab._reset",
    "MakingTab._restore", "MakingTab._submit", "PictureInput._join.<locals>.told", "_size_handler.<locals>.<lambda>",
})  # fmt: skip
_SCRIPTS = frozenset({"_plot.<locals>.<lambda>", "scripts_section.<locals>.chosen", "scripts_section.<locals>.submit"})
HANDLERS: Mapping[Role, frozenset[str]] = {
    Role.VIEWER: frozenset(),
    Role.GUEST: _BENCH,
    Role.USER: _BENCH | _SCRIPTS,
    Role.ADMIN: _BENCH | _SCRIPTS,
}
"""Everything that runs in the server when a page asks for it. A new handler belongs here, and to a role."""


@pytest.fixture(scope="module")
def pages() -> Mapping[Role, gr.Blocks]:
    return {role: build_page(StandInEngine(), StandInCatalogue(), role) for role in Role}


def _handlers(page: gr.Blocks) -> set[str]:
    return {handler.fn.__qualname__ for handler in page.fns.values() if handler.fn is not None}


@pytest.mark.parametrize("role", Role)
def test_a_page_has_the_handlers_of_its_role_and_no_others(role: Role, pages: Mapping[Role, gr.Blocks]) -> None:
    assert _handlers(pages[role]) == HANDLERS[role]


@pytest.mark.parametrize("role", Role)
def test_a_page_has_the_tabs_of_its_role_and_no_others(role: Role, pages: Mapping[Role, gr.Blocks]) -> None:
    ids = [block.id for block in pages[role].blocks.values() if isinstance(block, gr.Tab)]
    making = ["txt2img", "img2img", "inpaint"] if Part.MAKING in PAGES[role] else []
    assert ids == making + [tab.value for tab in PAGES[role].tabs]


def test_a_larger_role_has_all_that_a_smaller_one_has() -> None:
    for smaller, larger in zip(list(Role), list(Role)[1:], strict=False):
        assert PAGES[smaller].parts <= PAGES[larger].parts
        assert set(PAGES[smaller].tabs) <= set(PAGES[larger].tabs)
    assert set(PAGES[Role.ADMIN].tabs) == set(Tab)
    assert PAGES[Role.ADMIN].parts == set(Part)


def _components(page: gr.Blocks) -> set[str]:
    return {str(getattr(block, "elem_id", "")) for block in page.blocks.values()}


def test_guests_see_no_styles_of_the_house_and_no_controls_of_extensions(pages: Mapping[Role, gr.Blocks]) -> None:
    engine = StandInEngine()
    engine.prompt_files.styles = ["house style"]
    page = build_page(engine, StandInCatalogue(), Role.GUEST)
    assert "house style" not in str(page.get_config_file())
    extras = next(block for block in page.blocks.values() if getattr(block, "elem_id", "") == "field-extras")
    assert isinstance(extras, gr.JSON)
    assert isinstance(
        next(block for block in pages[Role.USER].blocks.values() if getattr(block, "elem_id", "") == "field-extras"),
        gr.HTML,
    )


def test_concept_sliders_are_on_the_pages_of_users_and_in_no_empty_section_of_guests(
    pages: Mapping[Role, gr.Blocks],
) -> None:
    assert "section-sliders" in _components(pages[Role.USER])
    assert "section-sliders" not in _components(pages[Role.GUEST])
    assert "field-sliders" in _components(pages[Role.GUEST])


def test_who_only_looks_on_has_a_stage_and_nothing_to_press(pages: Mapping[Role, gr.Blocks]) -> None:
    page = pages[Role.VIEWER]
    assert "job-view" in _components(page)
    assert not page.fns
    assert not [block for block in page.blocks.values() if isinstance(block, gr.Button | gr.Textbox)]


def test_the_head_tells_the_scripts_what_the_page_has() -> None:
    assert 'content="guest" data-parts="making"' in assets.head("", Role.GUEST)
    assert assets.THEMES in assets.head("", Role.ADMIN)
    assert assets.THEMES not in assets.head("", Role.USER)  # that style sheet is not theirs to ask for


def _called(page: gr.Blocks, name: str, sender: Principal, **values: Any) -> Any:
    handler = next(one for one in page.fns.values() if one.fn is not None and one.fn.__qualname__ == name)
    assert handler.fn is not None
    http = Request({"type": "http", "state": {"principal": sender}, "headers": []})
    return handler.fn(gr.Request(request=http), **values)


def test_a_job_belongs_to_whoever_sends_it() -> None:
    engine = StandInEngine()
    page = build_page(engine, StandInCatalogue(), Role.GUEST)
    _called(page, "MakingTab._submit", Principal(Role.GUEST, "guest:ann"), prompt="a boat", way="txt2img")
    assert engine.submitted == [GenerationRequest(prompt="a boat")]
    assert engine.owners == ["guest:ann"]


def test_a_series_belongs_to_whoever_sends_it() -> None:
    engine = StandInEngine()
    page = build_page(engine, StandInCatalogue(), Role.USER)
    values = {"script_plot_x_type": "Seed", "script_plot_x_values": "1, 2"}
    values |= {f"script_plot_{axis}_{part}": "" for axis in "yz" for part in ("type", "values")}
    values |= {"script_plot_y_type": "Nothing", "script_plot_z_type": "Nothing"}
    sender = Principal(Role.USER, "account:bob")
    assert _called(page, "scripts_section.<locals>.submit", sender, way="txt2img", script="plot", **values) is None
    assert engine.series.owners == ["account:bob"]


def test_a_request_that_no_gate_let_in_is_nobodys() -> None:
    page = build_page(StandInEngine(), StandInCatalogue(), Role.GUEST)
    with pytest.raises(AssertionError, match="no gate"):
        _called(page, "MakingTab._submit", SimpleNamespace(), way="txt2img")  # pyright: ignore[reportArgumentType]
