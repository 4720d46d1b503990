"""Blends, sliders, turned noise, and pictures that walk together although all of these differ between them."""

from typing import Any

import pytest
import torch

from tests.engine.pocket_family import PocketFamily
from tests.engine.recorded_walks import Recorded, assert_same_walk, group_of
from webui.diffusion.trajectory import replay
from webui.engine.groups import groups
from webui.generation.points import joined
from webui.generation.request import Emphasis, GenerationRequest

REQUEST = GenerationRequest(
    prompt="30 [40:50:0.5]", negative_prompt="10", seed=7, steps=4, width=64, height=64, cfg_scale=4.0,
    emphasis=Emphasis.NO_NORM,
)  # fmt: skip
LONG = "30 31 32 33 34 35 36 37"
"""Two chunks of the pocket model."""


def _ideas(*ideas: tuple[str, float], way: str = "linear") -> dict[str, Any]:
    return {"ideas": [{"prompt": prompt, "weight": weight} for prompt, weight in ideas], "way": way}


POINTS = (
    REQUEST,
    REQUEST.with_changes(prompt="60 AND 20:0.5", negative_prompt="11 12", seed=8),
    REQUEST.with_changes(cfg_scale=1.0, noise_turns=[{"seed": 9, "share": 0.3}]),
    REQUEST.with_changes(prompt=LONG, cfg_scale=2.0),
    REQUEST.with_changes(blend=_ideas(("30", 0.5), ("50", 0.7))),
    REQUEST.with_changes(sliders=[{"low": "20", "high": "60", "value": 0.5, "start": 0.4}]),
)


def _end(request: GenerationRequest) -> torch.Tensor:
    return Recorded(request, PocketFamily()).end


@pytest.mark.parametrize("way", ["linear", "spherical"])
def test_one_idea_of_weight_one_is_that_prompt_to_the_last_bit(way: str) -> None:
    for blend in (_ideas((REQUEST.prompt, 1.0), way=way), _ideas((REQUEST.prompt, 1.0), ("99", 0.0), way=way)):
        blended = Recorded(REQUEST.with_changes(prompt="a caption", blend=blend), PocketFamily())
        assert_same_walk(blended, Recorded(REQUEST, PocketFamily()))


def test_ideas_have_schedules_of_their_own() -> None:
    always, later = _ideas(("30", 0.5), ("50", 0.5)), _ideas(("30", 0.5), ("[50:70:0.5]", 0.5))
    one, other = (Recorded(REQUEST.with_changes(blend=blend), PocketFamily()) for blend in (always, later))
    same = [torch.equal(left.latents, right.latents) for left, right in zip(one.steps, other.steps, strict=True)]
    assert same[:3] == [True] * 3
    assert not same[-1]


def test_an_idea_of_two_chunks_can_be_blended_with_one_of_one() -> None:
    halves = _ideas(("30", 0.5), (LONG, 0.5))
    assert torch.isfinite(_end(REQUEST.with_changes(blend=halves))).all()
    nearly = _ideas(("30", 1e-6), (LONG, 1 - 1e-6))
    whole = _end(REQUEST.with_changes(prompt=LONG))
    torch.testing.assert_close(_end(REQUEST.with_changes(blend=nearly)), whole, rtol=1e-4, atol=1e-4)


def test_a_slider_holds_from_its_start_to_its_end_and_goes_the_whole_way_at_one() -> None:
    slider = {"low": REQUEST.prompt, "high": "60 61", "value": 1.0}
    torch.testing.assert_close(_end(REQUEST.with_changes(sliders=[slider])), _end(REQUEST.with_changes(prompt="60 61")))
    late = Recorded(REQUEST.with_changes(sliders=[{**slider, "start": 0.5, "end": 0.75}]), PocketFamily())
    plain = Recorded(REQUEST, PocketFamily())
    same = [torch.equal(a.prediction, b.prediction) for a, b in zip(late.steps, plain.steps, strict=True)]
    assert same == [True, True, False, False], "from then on the latents are others"


def test_a_turn_to_the_end_is_the_other_seed() -> None:
    turned = REQUEST.with_changes(sampler="Euler", noise_turns=[{"seed": 9, "share": 1.0}])
    assert torch.equal(_end(turned), _end(REQUEST.with_changes(sampler="Euler", seed=9)))


@pytest.mark.parametrize(
    "changes", [{}, {"guidance": "APG"}, {"pag_scale": 2.0, "cfg_rescale": 0.5}, {"sampler": "Euler a"}], ids=str
)
def test_points_that_walk_together_are_what_each_of_them_is_alone(changes: dict[str, Any]) -> None:
    requests = [point.with_changes(**changes) for point in POINTS]
    together = Recorded(joined(requests), PocketFamily())
    assert len(together.group.seeds) == len(requests)
    for row, request in enumerate(requests):
        torch.testing.assert_close(together.end[row : row + 1], _end(request), rtol=1e-4, atol=1e-4)


def test_points_of_one_shape_walk_in_as_many_calls_as_a_picture() -> None:
    alike = [REQUEST.with_changes(seed=seed, cfg_scale=scale) for seed, scale in ((1, 2.0), (2, 3.0), (3, 4.0))]
    family = PocketFamily()
    Recorded(joined(alike), family)
    assert family.calls == REQUEST.steps


def test_a_point_alone_is_the_plain_request() -> None:
    point = REQUEST.with_changes(
        points=[REQUEST.model_dump(include={"prompt", "negative_prompt", "seed", "cfg_scale"})]
    )
    assert group_of(point).request == REQUEST
    assert_same_walk(Recorded(point, PocketFamily()), Recorded(REQUEST, PocketFamily()))


@pytest.mark.parametrize("sampler", ["Euler a", "DPM++ 2M SDE", "Heun"])
@pytest.mark.parametrize("changes", [{}, {"guidance": "APG"}], ids=["CFG", "APG"])
def test_points_resume_and_replay_to_the_last_bit(sampler: str, changes: dict[str, Any]) -> None:
    original = Recorded(joined([point.with_changes(sampler=sampler, **changes) for point in POINTS]), PocketFamily())
    for step in range(len(original.steps) + 1):
        assert_same_walk(original.taken_up(step), original)
    for replayed, step in zip(replay(original.trajectory), original.steps, strict=True):
        assert torch.equal(replayed.latents, step.latents)
    assert_same_walk(original.continued(), original)


def test_one_picture_of_points_is_taken_up_alone_and_goes_on_as_it_would_have() -> None:
    original = Recorded(joined(POINTS), PocketFamily())
    alone = original.group.alone[1]
    for step in (2, len(original.steps)):
        resumed = original.taken_up(step, picture=1, **_as_changes(alone))
        torch.testing.assert_close(resumed.end, original.end[1:2], rtol=1e-4, atol=1e-4)
        assert resumed.walk.notes == () or step == len(original.steps)
    other = original.taken_up(2, picture=1, **_as_changes(alone.with_changes(prompt="70")))
    assert not torch.allclose(other.end, original.end[1:2])


def _as_changes(request: GenerationRequest) -> dict[str, Any]:
    return request.model_dump(exclude={"start"})


def test_points_that_name_other_networks_walk_in_groups_of_their_own() -> None:
    inked = [REQUEST.with_changes(prompt=f"{number} <lora:ink:1>", seed=number) for number in (1, 2)]
    whole = joined([inked[0], REQUEST, inked[1]])
    found = groups(whole, range(3), lambda text, picture: text)
    assert [group.places for group in found] == [(0, 2), (1,)]
    assert found[1].request == REQUEST
    assert [each.seed for group in found for each in group.alone] == [1, 2, 7]


def test_each_point_has_its_own_say_of_chance_and_its_own_template() -> None:
    whole = joined([REQUEST.with_changes(prompt="__n__", seed=seed) for seed in (4, 5)])
    (group,) = groups(whole, range(2), lambda text, picture: text.replace("__n__", str(picture.seed)))
    assert [each.prompt for each in group.alone] == ["4", "5"]
    assert [template["Wildcard prompt"] for template in group.templates] == ["__n__", "__n__"]


def test_the_second_pass_keeps_each_pictures_own_blend_unless_it_has_a_prompt() -> None:
    hires = {"scale": 1.5, "steps": 2, "upscaler": "Latent"}
    requests = [point.with_changes(hires=hires) for point in (POINTS[0], POINTS[4])]
    together = Recorded(joined(requests), PocketFamily())
    torch.testing.assert_close(together.end[1:2], _end(requests[1]), rtol=1e-4, atol=1e-4)
    worded = [_end(request.with_changes(hires=hires | {"prompt": "80"}, seed=7)) for request in requests]
    assert not torch.equal(worded[0], worded[1]), "the first passes differ"
