"""Tabs of extensions: they come after everything else, so that pages that are open go on working."""

import gradio as gr

from tests.ui.stand_ins import StandInCatalogue, StandInEngine, StandInExtensions
from webui.extensions.contributions import Tab
from webui.generation.offered import Upscaler
from webui.generation.offering import offer
from webui.ui.page import build_page
from webui.ui.page_parts import page_parts

LOOKS = ("film_grain", Tab(name="looks", label="Looks", html="looks.html", script="looks.js", style="looks.css"))
TRAVEL = ("prompt_travel", Tab(name="way", label="Travel", html="way.html"))


def _page(*tabs: tuple[str, Tab]) -> gr.Blocks:
    return build_page(StandInEngine(extensions=StandInExtensions(brought=list(tabs))), StandInCatalogue())


def _handlers(page: gr.Blocks) -> list[tuple[str, int, int, str]]:
    """What an open page relies on: of each handler its place, its inputs and outputs, and what it does."""
    return [
        (str(handler.name), len(handler.inputs), len(handler.outputs), str(handler.js)) for handler in page.fns.values()
    ]


def test_a_tab_of_an_extension_is_the_last_in_the_row() -> None:
    labels = [block.label for block in _page(LOOKS, TRAVEL).blocks.values() if isinstance(block, gr.Tab)]
    assert labels[-3:] == ["Settings", "Looks", "Travel"]
    row = next(block for block in _page(LOOKS).blocks.values() if isinstance(block, gr.Tabs))
    assert [child.label for child in row.children if isinstance(child, gr.Tab)][-1] == "Looks"


def test_its_component_names_its_files() -> None:
    ids = {getattr(block, "elem_id", None): block for block in _page(LOOKS).blocks.values()}
    told = ids["extension-film_grain-looks"].get_config()["props"]
    assert (told["extension"], told["html"], told["script"]) == ("film_grain", "looks.html", "looks.js")


def test_handlers_keep_their_places_whatever_tabs_there_are(page: gr.Blocks) -> None:
    own = _handlers(page)
    for tabs in ((LOOKS,), (TRAVEL, LOOKS)):
        with_tabs = _handlers(_page(*tabs))
        assert with_tabs[: len(own)] == own
        assert len(with_tabs) == len(own) + len(tabs)


def test_what_a_page_is_built_from_follows_the_tabs() -> None:
    none, one = StandInExtensions(), StandInExtensions(brought=[LOOKS])
    assert page_parts(none) == page_parts(StandInExtensions(on={"film_grain": ()}))
    assert page_parts(none) != page_parts(one) != page_parts(StandInExtensions(brought=[LOOKS, TRAVEL]))


def test_a_page_is_built_anew_for_names_that_an_extension_offers() -> None:
    none = page_parts(StandInExtensions())
    take_back = offer("slow", upscalers=[Upscaler(name="Slow", upscale=lambda picture, _width, _height: picture)])
    try:
        assert page_parts(StandInExtensions()) != none
        shown = [block for block in _page().blocks.values() if getattr(block, "elem_id", "") == "field-hires-upscaler"]
        assert ("Slow", "Slow") in shown[0].choices
    finally:
        take_back()
    assert page_parts(StandInExtensions()) == none
