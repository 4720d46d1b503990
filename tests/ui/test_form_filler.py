from typing import Any

from webui.ui.controls import Controls
from webui.ui.form_filler.form_filler import filled

PICTURE = "a" * 32


def _values(controls: Controls, told: dict[str, Any]) -> dict[str, Any]:
    """The new values by field; `way` is the tab to turn to."""
    updates = filled(controls, told, "postcard")
    names = {component: field for field, component in controls.by_field.items()} | {controls.way: "way"}
    return {names[one]: update if one is controls.way else update["value"] for one, update in updates.items()}


def test_single_fields_leave_the_rest_and_the_tab_alone(controls: Controls) -> None:
    assert _values(controls, {"fields": {"seed": 7}}) == {"seed": 7, "way": ""}
    assert _values(controls, {"form": {"mask_blur": 4, "hires_scale": 2.0}}) == {
        "mask_blur": 4, "hires_scale": 2.0, "way": "",
    }  # fmt: skip


def test_whole_parameters_take_back_what_they_do_not_name(controls: Controls) -> None:
    values = _values(controls, {"fields": {"prompt": "a hill", "steps": 9}, "whole": True})
    assert (values["prompt"], values["steps"]) == ("a hill", 9)
    assert (values["hires_on"], values["clip_skip"], values["negative_prompt"]) == (False, 1, "")
    assert "picture" not in values
    assert "model" not in values


def test_the_tab_is_the_one_that_sends_such_a_request(controls: Controls) -> None:
    start = {"kind": "picture", "picture": PICTURE}
    assert _values(controls, {"fields": {"start": {"kind": "noise"}}, "whole": True})["way"] == "txt2img"
    assert _values(controls, {"fields": {"start": start}, "whole": True})["way"] == "img2img"
    masked = {"start": start, "mask": {"picture": PICTURE}}
    values = _values(controls, {"fields": masked, "whole": True})
    assert values["way"] == "inpaint"
    assert values["picture"] == {"picture": PICTURE, "mask": PICTURE, "margins": {}}


def test_a_picture_that_is_sent_to_a_tab_is_what_is_started_from(controls: Controls) -> None:
    was = {"prompt": "a hill", "start": {"kind": "picture", "picture": "c" * 32, "strength": 0.4}, "width": 256}
    sent = {"id": PICTURE, "width": 512, "height": 256}
    values = _values(controls, {"fields": was, "whole": True, "tab": "inpaint", "picture": sent})
    assert values["way"] == "inpaint"
    assert values["picture"] == {"picture": PICTURE}
    assert (values["width"], values["height"]) == (512, 256)
    assert (values["prompt"], values["start_strength"]) == ("a hill", 0.4)


def test_parameters_that_are_sent_to_txt2img_leave_the_picture_there_alone(controls: Controls) -> None:
    fields = {"start": {"kind": "picture", "picture": PICTURE}, "prompt": "a hill"}
    values = _values(controls, {"fields": fields, "whole": True, "tab": "txt2img"})
    assert values["way"] == "txt2img"
    assert "picture" not in values


def test_nonsense_fills_nothing(controls: Controls) -> None:
    for told in ({}, {"fields": 3}, {"form": []}, {"picture": "x"}, {"picture": {"id": 3}}, {"tab": "elsewhere"}):
        assert _values(controls, told) == {"way": ""}


def test_values_of_extensions_come_back_with_a_picture_and_go_with_a_reset(controls: Controls) -> None:
    extras = {"film_grain": {"amount": 0.4}}
    assert _values(controls, {"fields": {"extras": extras}, "whole": True})["extras"] == extras
    assert _values(controls, {"fields": {"prompt": "a hill", "steps": 9}, "whole": True})["extras"] == {}
    assert controls.settings_defaults()["extras"] == {}
