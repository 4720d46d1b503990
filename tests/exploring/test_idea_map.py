from typing import Any

import pytest

from webui.errors import InvalidRequest
from webui.exploring.idea_map import IdeaMap
from webui.generation.blend import BlendWay

SHARED = {"prompt": "what was in the form", "negative_prompt": "fog", "seed": 7, "steps": 3, "cfg_scale": 4.5}


def _map(*places: tuple[str, float, float], **more: Any) -> IdeaMap:
    ideas = [{"prompt": prompt, "x": x, "y": y} for prompt, x, y in places]
    return IdeaMap.parse({"ideas": ideas, "request": SHARED, **more})


BARYCENTRIC = _map(("a cat", 0, 0), ("a dog", 1, 0), ("an owl", 0, 1), weighing="barycentric")
BY_DISTANCE = _map(("a cat", 0, 0), ("a dog", 1, 0), ("an owl", 0, 1))


@pytest.mark.parametrize("ideas", [BARYCENTRIC, BY_DISTANCE])
def test_at_an_ideas_place_the_request_is_that_of_its_prompt(ideas: IdeaMap) -> None:
    for idea in ideas.ideas:
        request = ideas.request_at(idea.x, idea.y)
        assert request == ideas.request.with_changes(prompt=idea.prompt)
        assert request.blend is None


def test_between_ideas_they_are_blended_and_the_heaviest_is_the_caption() -> None:
    request = BARYCENTRIC.request_at(0.25, 0.5)
    assert request.blend is not None
    told = {idea.prompt: idea.weight for idea in request.blend.ideas}
    assert told == pytest.approx({"a cat": 0.25, "a dog": 0.25, "an owl": 0.5})
    assert (request.prompt, request.negative_prompt, request.seed) == ("an owl", "fog", 7)


def test_what_does_not_count_is_not_blended() -> None:
    blend = BARYCENTRIC.request_at(0.5, 0).blend
    assert blend is not None and [idea.prompt for idea in blend.ideas] == ["a cat", "a dog"]


def test_outside_of_the_hull_a_weight_is_below_zero() -> None:
    weights = BARYCENTRIC.weights(2, 0)
    assert weights.weights == pytest.approx((-1, 2, 0)) and not weights.inside
    assert BY_DISTANCE.weights(2, 0).inside is False
    assert BY_DISTANCE.weights(0.2, 0.2).inside is True


def test_the_way_and_the_power_are_those_of_the_map() -> None:
    places = [("a cat", 0.0, 0.0), ("a dog", 1.0, 0.0), ("an owl", 0.0, 1.0)]
    spherical = _map(*places, way="spherical").request_at(0.3, 0.1).blend
    assert spherical is not None and spherical.way is BlendWay.SPHERICAL
    assert _map(*places, power=8).weights(0.3, 0.1).weights[0] > _map(*places).weights(0.3, 0.1).weights[0]


def test_weights_can_be_given_whatever_they_sum_to() -> None:
    blend = BARYCENTRIC.request_of([2, -1.5, 0]).blend
    assert blend is not None and [idea.weight for idea in blend.ideas] == [2, -1.5]
    assert BARYCENTRIC.request_of([0, 1, 0]) == BARYCENTRIC.request.with_changes(prompt="a dog")
    half = BARYCENTRIC.request_of([0, 0.5, 0]).blend
    assert half is not None and [idea.weight for idea in half.ideas] == [0.5]


def test_the_same_prompt_in_two_places_is_one_idea() -> None:
    ideas = _map(("a cat", 0, 0), ("a cat", 1, 0), ("an owl", 0, 1))
    blend = ideas.request_of([0.25, 0.5, 0.25]).blend
    assert blend is not None and [(idea.prompt, idea.weight) for idea in blend.ideas] == [
        ("a cat", 0.75),
        ("an owl", 0.25),
    ]


def test_networks_of_the_forms_prompt_stay() -> None:
    ideas = BARYCENTRIC.model_copy(
        update={"request": BARYCENTRIC.request.with_changes(prompt="x <lora:ink:0.5>, y <lora:old:1>")}
    )
    assert ideas.request_at(0, 0).prompt == "a cat <lora:ink:0.5><lora:old:1>"
    assert ideas.request_at(0.1, 0.1).prompt == "a cat <lora:ink:0.5><lora:old:1>"


def test_a_point_is_one_picture() -> None:
    many = BARYCENTRIC.request.with_changes(batch_size=4, batch_count=3)
    request = BARYCENTRIC.model_copy(update={"request": many}).request_at(0.1, 0.1)
    assert request.image_count == 1


def test_a_map_survives_its_file() -> None:
    assert IdeaMap.parse(BARYCENTRIC.model_dump(mode="json")) == BARYCENTRIC


@pytest.mark.parametrize(
    ("weights", "field"),
    [([1, 0], "weights"), ([0, 0, 0], "blend"), ([21, 0, 0], "blend"), ([float("nan"), 1, 0], "blend")],
)
def test_weights_that_cannot_be_blended_are_refused(weights: list[float], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        BARYCENTRIC.request_of(weights)
    assert caught.value.field == field and caught.value.message.endswith(".")


def test_a_point_that_is_too_far_away_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="at least -20"):
        BARYCENTRIC.request_at(99, 0)
    assert BY_DISTANCE.request_at(99, 0).blend is not None


_PLACED = [{"prompt": "a", "x": 0, "y": 0}] * 3


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "ideas"),
        ({"ideas": _PLACED[:2]}, "ideas"),
        ({"ideas": _PLACED * 5}, "ideas"),
        ({"ideas": [*_PLACED, {"prompt": "a", "x": float("inf"), "y": 0}]}, "ideas.3.x"),
        ({"ideas": [*_PLACED, {"prompt": "a", "x": 101, "y": 0}]}, "ideas.3.x"),
        ({"ideas": [*_PLACED, {"prompt": "a", "x": 10**400, "y": 0}]}, "ideas.3.x"),
        ({"ideas": [*_PLACED, {"prompt": 1, "x": 0, "y": 0}]}, "ideas.3.prompt"),
        ({"ideas": _PLACED, "power": 0}, "power"),
        ({"ideas": _PLACED, "weighing": "by mood"}, "weighing"),
        ({"ideas": _PLACED, "way": "by mood"}, "way"),
        ({"ideas": _PLACED, "request": {"steps": 0}}, "request.steps"),
        ({"ideas": _PLACED, "colour": "red"}, "colour"),
    ],
)
def test_what_is_no_map_is_told_by_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        IdeaMap.parse(values)
    assert caught.value.field == field
