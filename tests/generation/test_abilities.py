"""What a model cannot do is refused by the field that asks for it."""

from typing import Any

import pytest

from webui.errors import InvalidRequest
from webui.generation.abilities import refuse_unsupported, unheard
from webui.generation.families import Capability
from webui.generation.field_needs import FLOW, WALKED
from webui.generation.request import GenerationRequest

PICTURE = "0" * 32
ASKED: list[tuple[dict[str, Any], str, Capability]] = [
    ({"start": {"kind": "picture", "picture": PICTURE}}, "start", Capability.IMG2IMG),
    ({"start": {"kind": "step", "trajectory": PICTURE, "step": 1}}, "start", Capability.RESUME),
    ({"hires": {}}, "hires", Capability.HIRES),
    ({"tiling": True}, "tiling", Capability.TILING),
    ({"pag_scale": 3}, "pag_scale", Capability.PAG),
    ({"clip_skip": 2}, "clip_skip", Capability.CLIP_SKIP),
    ({"negative_prompt": "fog"}, "negative_prompt", Capability.NEGATIVE_PROMPT),
    ({"video": {}}, "video", Capability.VIDEO),
    ({"blend": {"ideas": [{"prompt": "fog"}]}}, "blend", Capability.BLEND),
    ({"sliders": [{"low": "day", "high": "night", "value": 1}]}, "sliders", Capability.BLEND),
    ({"noise_turns": [{"seed": 1, "share": 0.5}]}, "noise_turns", Capability.BLEND),
    ({"points": [{"prompt": "fog"}]}, "points", Capability.BLEND),
]


@pytest.mark.parametrize(("values", "field", "capability"), ASKED)
def test_what_is_asked_needs_its_capability(values: dict[str, Any], field: str, capability: Capability) -> None:
    request = GenerationRequest.parse(values)
    with pytest.raises(InvalidRequest, match="the model 'some'") as refused:
        refuse_unsupported(request, set(Capability) - {capability}, model="some")
    assert refused.value.field == field
    refuse_unsupported(request, {capability}, model="some")


def test_each_point_is_judged_as_if_it_were_alone() -> None:
    points = [{"prompt": "a boat"}, {"prompt": "a boat", "negative_prompt": "fog"}]
    request = GenerationRequest.parse({"points": points, "batch_size": 2})
    with pytest.raises(InvalidRequest) as refused:
        refuse_unsupported(request, {Capability.BLEND}, model="some")
    assert refused.value.field == "negative_prompt"


def test_a_mask_and_margins_need_inpainting() -> None:
    start = {"kind": "picture", "picture": PICTURE}
    for values in ({"start": start, "mask": {"picture": PICTURE}}, {"start": {**start, "margins": {"left": 64}}}):
        with pytest.raises(InvalidRequest) as refused:
            refuse_unsupported(GenerationRequest.parse(values), {Capability.IMG2IMG}, model="some")
        assert refused.value.field == "mask"


def test_a_plain_request_needs_nothing() -> None:
    refuse_unsupported(GenerationRequest(prompt="a boat"), set(), model="some")


@pytest.mark.parametrize(
    ("values", "ability"),
    [
        ({"flow_shift": 3.0}, FLOW),
        ({"distilled_guidance": 2.0}, Capability.DISTILLED_GUIDANCE),
        ({"size_conditioning": {"crop_left": 8}}, Capability.SIZE_CONDITIONING),
    ],
)
def test_what_a_model_does_not_listen_to_is_said_by_the_fields_name(values: dict[str, Any], ability: str) -> None:
    request, (field,) = GenerationRequest.parse(values), values
    assert unheard(request, {WALKED}, model="some") == (f"The model 'some' does not listen to: {field}.",)
    assert unheard(request, {WALKED, ability}, model="some") == ()
    assert unheard(request, set(), model="some") == (), "a whole pipeline says it itself"
    assert unheard(GenerationRequest(), {WALKED}, model="some") == ()
