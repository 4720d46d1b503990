"""What an extension's own process says of it is judged as JSON from a stranger."""

import json
from typing import Any

import pytest

from webui.extensions.api import AxisType, NewSampler, Preprocessor, Slider, Tab, Text, Upscaler
from webui.extensions.brings import Brings, brings_from_json, brings_of
from webui.extensions.sides import Side

GOOD: dict[str, Any] = {"hooks": {"web": ["startup"]}}


def test_the_answers_of_the_hooks_become_data_without_functions() -> None:
    answers: dict[str, list[Any]] = {
        "register_controls": [Slider("amount", "Amount", 0, 1, 0.1, 0)],
        "register_tabs": [Tab(name="film", label="Film", html="film.html")],
        "register_samplers": [NewSampler(name="Mine", make=print, takes=("eta",), order=2)],
        "register_upscalers": [Upscaler(name="Large", upscale=print)],
        "register_plot_axes": [AxisType(name="Grain", read=list, change=print)],
        "register_preprocessors": [Preprocessor(name="Edges", process=print, controls=(Text("x", "X"),))],
    }
    brings = brings_of({Side.WEB: ("startup",), Side.WORKER: ("register_samplers",)}, answers)
    assert dict(brings.samplers[0]) == {
        "name": "Mine", "note": "", "takes": ["eta"], "aliases": [], "order": 2, "flow": False
    }  # fmt: skip
    assert brings.preprocessors[0]["controls"][0]["name"] == "x"
    assert brings_from_json(json.loads(json.dumps(brings.to_json()))) == brings


def test_nothing_is_a_fine_thing_to_bring() -> None:
    assert brings_from_json(Brings().to_json()) == Brings()


@pytest.mark.parametrize(
    "values",
    [
        None, [], "text", {}, {"hooks": 3}, {"hooks": {"moon": []}}, GOOD | {"controls": [{"kind": "dial"}]},
        GOOD | {"controls": {"a": 1}}, GOOD | {"tabs": [{"name": "x"}]},
        GOOD | {"tabs": [{"name": "film", "label": 3, "html": "film.html"}]},
        GOOD | {"tabs": [{"name": "film", "label": "Film", "html": "../../etc/passwd"}]},
        GOOD | {"themes": [{"name": "t", "label": "T", "light": {"--dk-amber": "red;} body{display:none"}}]},
        GOOD | {"themes": [{"name": "t", "label": "T", "light": {"color": "red"}}]},
        GOOD | {"samplers": [{"name": 3}]}, GOOD | {"samplers": [{"name": ""}]}, GOOD | {"samplers": 7},
        GOOD | {"preprocessors": [{"name": "x", "controls": [1]}]},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(values: Any) -> None:
    with pytest.raises(ValueError):
        brings_from_json(values)
