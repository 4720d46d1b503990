import pytest

from webui.errors import InvalidRequest
from webui.exploring.beyond import direction_between, line_beyond
from webui.generation.blend import Blend, BlendWay
from webui.generation.expression import parse
from webui.generation.request import GenerationRequest

REQUEST = GenerationRequest(prompt="<lora:ink:1>", seed=7, steps=3)
BASE = parse('"a cat"')
TO_NIGHT = parse('"night" - "day"')


def _told(blend: Blend | None) -> dict[str, float]:
    assert blend is not None
    return {idea.prompt: idea.weight for idea in blend.ideas}


def test_places_lie_along_the_direction_on_both_sides_of_the_base() -> None:
    line = line_beyond(REQUEST, BASE, TO_NIGHT, (-1, 0.5, 3), BlendWay.LINEAR)
    assert [place.factor for place in line] == [-1, 0.5, 3]
    assert [_told(place.request.blend) for place in line] == [
        {"a cat": 1, "night": factor, "day": -factor} for factor in (-1, 0.5, 3)
    ]
    assert line[1].text == '"a cat" + 0.5 * "night" - 0.5 * "day"'
    assert {place.request.seed for place in line} == {7}


def test_each_text_is_the_blend_of_its_request() -> None:
    for place in line_beyond(REQUEST, BASE, TO_NIGHT, (-0.1, 0, 0.3, 1), BlendWay.SPHERICAL):
        assert place.request.blend is None or parse(place.text, way=BlendWay.SPHERICAL) == place.request.blend


def test_at_factor_zero_it_is_the_base_alone() -> None:
    (place,) = line_beyond(REQUEST, BASE, TO_NIGHT, (0,), BlendWay.LINEAR)
    assert place.request == REQUEST.with_changes(prompt="a cat <lora:ink:1>")
    assert place.text == '"a cat"'


def test_toward_another_blend_factor_one_arrives_and_more_goes_past_it() -> None:
    direction = direction_between(BASE, parse('"a dog"'))
    line = line_beyond(REQUEST, BASE, direction, (0, 1, 1.5), BlendWay.LINEAR)
    assert [place.text for place in line] == ['"a cat"', '"a dog"', '-0.5 * "a cat" + 1.5 * "a dog"']
    assert line[1].request.blend is None


def test_what_leads_nowhere_is_refused() -> None:
    with pytest.raises(InvalidRequest) as caught:
        direction_between(BASE, BASE)
    assert caught.value.field == "toward"


@pytest.mark.parametrize(("direction", "factor"), [('"a cat"', -1.0), ('"night"', 50.0)])
def test_a_factor_at_which_nothing_can_be_made_is_named(direction: str, factor: float) -> None:
    with pytest.raises(InvalidRequest, match=f"at the factor {factor:g}") as caught:
        line_beyond(REQUEST, BASE, parse(direction), (0.5, factor), BlendWay.LINEAR)
    assert caught.value.field == "factors"


def test_more_prompts_than_can_be_blended_are_refused() -> None:
    many = parse("+".join(f'"{n}"' for n in range(16)))
    with pytest.raises(InvalidRequest, match="at most 16"):
        line_beyond(REQUEST, BASE, many, (1,), BlendWay.LINEAR)
