import json
from typing import Any

import gradio as gr
import pytest
from gradio.utils import connect_heartbeat

from webui.ui.picture_input import PictureInput, PictureValue
from webui.ui.picture_input.picture_input import SCRIPTS

VALUE: PictureValue = {
    "picture": "a" * 32,
    "width": 64,
    "height": 48,
    "mask": None,
    "margins": {"left": 8, "top": 0, "right": 0, "bottom": 0},
    "name": "hill.png",
}


@pytest.fixture
def blocks() -> gr.Blocks:
    with gr.Blocks() as blocks:
        picture = PictureInput("field-picture")
        width, prompt = gr.Number(), gr.Textbox()
        picture.on_picture(lambda value: value.get("width"), [width])
        picture.on_reuse(lambda fields: fields.get("prompt"), [prompt])
    return blocks


def _told(blocks: gr.Blocks, event: str, data: Any) -> Any:
    """What the handler of an event answers when the browser sends this."""
    (handler,) = [one for one in blocks.fns.values() if any(name == event for _, name in one.targets)]
    assert handler.fn is not None
    return handler.fn(gr.EventData(None, data))


def test_a_chosen_picture_reaches_its_handler_with_the_whole_value(blocks: gr.Blocks) -> None:
    assert _told(blocks, "chosen", {"value": dict(VALUE)}) == 64


def test_parameters_that_a_picture_carries_reach_their_handler(blocks: gr.Blocks) -> None:
    assert _told(blocks, "reuse", {"fields": {"prompt": "a hill"}}) == "a hill"


@pytest.mark.parametrize("data", [None, [], "picture", {}])
def test_an_event_that_says_nothing_is_a_picture_of_nothing(blocks: gr.Blocks, data: Any) -> None:
    assert _told(blocks, "chosen", data) is None
    assert _told(blocks, "reuse", data) is None


def test_handlers_return_at_once_and_hold_no_connection(blocks: gr.Blocks) -> None:
    for handler in blocks.fns.values():
        assert handler.queue is False
        assert handler.api_visibility == "private"
        assert handler.trigger_mode == "multiple"
    assert not connect_heartbeat(blocks.get_config_file(), blocks.blocks.values())


def test_it_begins_without_a_picture_and_with_painting_as_asked() -> None:
    with gr.Blocks():
        config = PictureInput("field-picture", painting=False).html.get_config()
    assert config["value"] == {}
    assert config["props"] == {"painting": False}
    assert config["elem_id"] == "field-picture"


def test_a_value_passes_through_gradio_as_it_is() -> None:
    with gr.Blocks():
        html = PictureInput("field-picture").html
    sent: Any = json.loads(json.dumps(VALUE))
    assert html.postprocess(sent) == VALUE
    assert html.preprocess(sent) == VALUE


def test_the_script_that_joins_the_others_comes_last() -> None:
    assert SCRIPTS[-1] == "main.js"
    assert len(set(SCRIPTS)) == len(SCRIPTS)
