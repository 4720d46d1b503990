import subprocess
import sys

import gradio as gr
import pytest
from fastapi.testclient import TestClient
from gradio.utils import connect_heartbeat

from tests.ui.stand_ins import StandInCatalogue, StandInEngine
from webui.access.roles import Role
from webui.ui.form import FORM_FIELDS, element_id
from webui.ui.page import page_app
from webui.ui.sections import SECTIONS


def test_the_page_is_imported_without_torch() -> None:
    code = (
        "import sys, webui.ui.page; "
        "print([name for name in ('torch', 'diffusers', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_nothing_makes_every_tab_hold_a_heartbeat_connection(page: gr.Blocks) -> None:
    assert not connect_heartbeat(page.get_config_file(), page.blocks.values())
    kinds = {component["type"] for component in page.get_config_file()["components"]}
    assert not kinds & {"state", "image", "gallery", "timer"}
    events = {name for item in page.get_config_file()["dependencies"] for _, name in item["targets"]}
    assert not events & {"unload", "stream"}


def test_every_handler_returns_at_once_and_is_no_public_endpoint(page: gr.Blocks) -> None:
    for handler in page.fns.values():
        assert handler.queue is False, handler.name
        assert handler.api_visibility == "private", handler.name
        assert handler.show_progress == "hidden", handler.name


def test_every_field_of_the_form_is_placed_on_the_page(page: gr.Blocks) -> None:
    ids = {getattr(block, "elem_id", None) for block in page.blocks.values()}
    assert {element_id(field) for field in FORM_FIELDS} <= ids


def test_a_section_names_fields_of_the_form_each_once() -> None:
    named = [field for section in SECTIONS for field in section.fields]
    assert len(set(named)) == len(named)
    assert set(named) <= set(FORM_FIELDS)


def test_the_page_has_one_first_heading(page: gr.Blocks) -> None:
    markup = [getattr(block, "html_template", "") + str(getattr(block, "value", "")) for block in page.blocks.values()]
    assert sum(text.count("<h1") for text in markup) == 1


def test_the_page_is_served_with_its_own_style_and_script() -> None:
    app = page_app(StandInEngine(), StandInCatalogue(), Role.ADMIN)
    with TestClient(app) as client:
        answer = client.get("/")
        assert answer.status_code == 200
        for part in ("/page/page.css?v=", "/page/page.js?v=", "/page/favicon.svg?v="):
            assert part in answer.text
        assert client.get("/gradio_api/runs").status_code == 404


@pytest.mark.parametrize("handler", [9999, -1, None])
def test_a_handler_that_the_page_does_not_have_is_refused(handler: int | None) -> None:
    app = page_app(StandInEngine(), StandInCatalogue(), Role.GUEST)
    with TestClient(app) as client:  # which raises what an application lets out
        answer = client.post("/gradio_api/run/predict", json={"data": [], "fn_index": handler, "session_hash": "x"})
    assert answer.status_code == 404, answer.text


def test_a_machine_without_models_still_has_a_page() -> None:
    page_app(StandInEngine(), StandInCatalogue([]), Role.ADMIN)
