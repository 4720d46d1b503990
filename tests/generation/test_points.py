"""Blends, turns and points as values: what can be asked, and what each picture of one walk is by itself."""

from typing import Any

import pytest

from webui.errors import InvalidRequest
from webui.generation.blend import Blend, BlendWay, Idea
from webui.generation.points import joined
from webui.generation.request import GenerationRequest

CAT = GenerationRequest(prompt="a cat", seed=3, steps=5, width=64, height=64)
DOG = CAT.with_changes(prompt="a dog", negative_prompt="fog", seed=9, cfg_scale=2.0)
BLENDED = CAT.with_changes(
    blend={"ideas": [{"prompt": "a cat", "weight": 0.5}, {"prompt": "a dog", "weight": 0.5}]},
    sliders=[{"low": "day", "high": "night", "value": 1.5}], noise_turns=[{"seed": 9, "share": 0.5}],
)  # fmt: skip


def test_each_picture_of_a_joined_request_is_the_request_that_was_joined() -> None:
    requests = [CAT, DOG, BLENDED]
    together = joined(requests)
    assert together.image_count == 3
    assert [together.for_picture(number) for number in range(3)] == requests


def test_a_single_request_stays_as_it_is() -> None:
    assert joined([BLENDED]) is BLENDED


@pytest.mark.parametrize(
    ("requests", "field"),
    [
        ([CAT, CAT.with_changes(steps=6)], "steps"),
        ([CAT, CAT.with_changes(hires={})], "hires"),
        ([CAT, CAT.with_changes(batch_size=2)], "batch_size"),
    ],
)
def test_what_cannot_differ_within_a_walk_is_named(requests: list[GenerationRequest], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        joined(requests)
    assert refused.value.field == field


@pytest.mark.parametrize("count", [0, 9])
def test_no_walk_has_no_pictures_or_more_than_eight(count: int) -> None:
    with pytest.raises(InvalidRequest, match="1 to 8"):
        joined([CAT] * count)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"points": [{}, {}]}, "points"),
        ({"points": [{}], "batch_count": 2}, "points"),
        ({"blend": {"ideas": []}}, "blend.ideas"),
        ({"blend": {"ideas": [{"prompt": "a", "weight": 0}]}}, "blend"),
        ({"blend": {"ideas": [{"prompt": "a"}, {"prompt": "b", "weight": -1}], "way": "spherical"}}, "blend"),
        ({"blend": {"ideas": [{"prompt": "a <lora:ink:1>"}]}}, "blend.ideas.0.prompt"),
        ({"blend": {"ideas": [{"prompt": "a AND b"}]}}, "blend.ideas.0.prompt"),
        ({"blend": {"ideas": [{"prompt": "a:0.5"}]}}, "blend.ideas.0.prompt"),
        ({"blend": {"ideas": [{"prompt": "a", "weight": 12}, {"prompt": "a", "weight": 12}]}}, "blend.ideas"),
        ({"sliders": [{"low": "a <lora:ink:1>", "high": "b", "value": 1}]}, "sliders.0.low"),
        ({"noise_turns": [{"seed": 1, "share": 2.5}]}, "noise_turns.0.share"),
        ({"noise_turns": [{"seed": 1, "share": 0.5}] * 65}, "noise_turns"),
    ],
)  # fmt: skip
def test_what_cannot_be_blended_is_refused_by_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        GenerationRequest.parse(values)
    assert refused.value.field == field


def test_turns_lie_at_most_three_deep_however_deep_the_json_is() -> None:
    turn: dict[str, Any] = {"seed": 1, "share": 0.5}
    for depth in range(2, 400):
        turn = {"seed": depth, "share": 0.5, "turns": [turn]}
        if depth == 3:
            GenerationRequest.parse({"noise_turns": [turn]})
        elif depth in (4, 399):
            with pytest.raises(InvalidRequest):
                GenerationRequest.parse({"noise_turns": [turn]})


def test_ideas_of_the_same_prompt_are_added_up() -> None:
    blend = Blend(ideas=(Idea(prompt="a", weight=0.5), Idea(prompt="b"), Idea(prompt="a", weight=0.25)))
    assert blend.ideas == (Idea(prompt="a", weight=0.75), Idea(prompt="b"))
    assert blend.way is BlendWay.LINEAR


def test_random_seeds_of_points_and_turns_are_fixed_once() -> None:
    turn = {"seed": -1, "share": 0.5, "turns": [{"seed": -1, "share": 0.1}]}
    points = [{"seed": -1, "noise_turns": [turn]}, {"seed": 5}]
    fixed = GenerationRequest.parse({"points": points, "batch_size": 2}).with_fixed_seed()
    own = fixed.points[0]
    assert min(own.seed, own.noise_turns[0].seed, own.noise_turns[0].turns[0].seed) >= 0
    assert fixed.points[1].seed == 5
    assert fixed.with_fixed_seed() == fixed


def test_every_prompt_there_is_can_be_told_and_changed() -> None:
    whole = joined([DOG, BLENDED]).with_changes(hires={"prompt": "larger"})
    assert set(whole.prompts) == {"a dog", "fog", "a cat", "", "day", "night", "larger"}
    changed = whole.with_each_prompt(str.upper)
    assert set(changed.prompts) == {prompt.upper() for prompt in whole.prompts}
    assert changed.with_each_prompt(str.lower) == whole
