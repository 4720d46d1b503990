import math

import pytest
import torch

from webui.diffusion.blending import blended, moved, spherical_average
from webui.diffusion.families.base import PromptEmbedding
from webui.generation.blend import BlendWay

LINEAR, SPHERICAL = BlendWay.LINEAR, BlendWay.SPHERICAL


def _embedding(seed: int, dtype: torch.dtype = torch.float32) -> PromptEmbedding:
    draw = torch.Generator().manual_seed(seed)
    more = {"pooled": torch.randn(1, 6, generator=draw).to(dtype), "numbers": torch.tensor([[64.0, 64.0]])}
    return PromptEmbedding(torch.randn(1, 5, 8, generator=draw).to(dtype), more)


@pytest.mark.parametrize("way", BlendWay)
def test_a_single_idea_of_weight_one_is_that_very_embedding(way: BlendWay) -> None:
    idea = _embedding(1)
    assert blended([idea], [1.0], way) is idea


def test_a_sum_is_taken_of_tokens_and_of_the_pooled_text_and_of_nothing_else() -> None:
    one, other = _embedding(1), _embedding(2)
    both = blended([one, other], [0.5, -2.0], LINEAR)
    torch.testing.assert_close(both.tokens, 0.5 * one.tokens - 2 * other.tokens)
    torch.testing.assert_close(both.more["pooled"], 0.5 * one.more["pooled"] - 2 * other.more["pooled"])
    assert torch.equal(both.more["numbers"], one.more["numbers"])


def test_half_precision_is_summed_in_whole_and_stays_half() -> None:
    one, other = _embedding(1, torch.bfloat16), _embedding(2, torch.bfloat16)
    both = blended([one, other], [0.3, 0.7], LINEAR).tokens
    assert both.dtype == torch.bfloat16
    assert torch.equal(both, (one.tokens.float() * 0.3 + other.tokens.float() * 0.7).to(torch.bfloat16))


def test_of_two_the_spherical_way_is_slerp_with_the_lengths_between() -> None:
    one, other = torch.tensor([[2.0, 0.0]]), torch.tensor([[0.0, 4.0]])
    angle = 0.25 * math.pi / 2
    expected = 2.5 * torch.tensor([[math.cos(angle), math.sin(angle)]])
    torch.testing.assert_close(spherical_average([one, other], [3.0, 1.0]), expected)


def test_of_three_the_tangents_to_all_of_them_cancel_out() -> None:
    corners = list(torch.eye(3))
    centre = spherical_average(corners, [1.0, 1.0, 1.0])
    torch.testing.assert_close(centre, torch.full((3,), 3**-0.5))
    shares = [0.2, 0.3, 0.5]
    average = spherical_average(corners, shares)
    pulls = []
    for share, corner in zip(shares, corners, strict=True):
        angle = torch.acos(average @ corner)
        pulls.append(share * angle / torch.sin(angle) * (corner - (average @ corner) * average))
    assert float(torch.stack(pulls).sum(0).norm()) < 1e-5


def test_a_third_that_hardly_counts_changes_hardly_anything() -> None:
    one, other, third = (_embedding(seed).tokens for seed in (1, 2, 3))
    two, three = spherical_average([one, other], [0.4, 0.6]), spherical_average([one, other, third], [0.4, 0.6, 1e-7])
    torch.testing.assert_close(two, three, atol=1e-4, rtol=1e-4)


def test_vectors_that_point_the_same_way_or_nowhere_are_averaged_as_they_are() -> None:
    same, nothing = torch.tensor([[1.0, 1.0]]), torch.zeros(1, 2)
    torch.testing.assert_close(spherical_average([same, 3 * same], [0.5, 0.5]), 2 * same)
    torch.testing.assert_close(spherical_average([same, nothing], [0.5, 0.5]), same / 2)


def test_a_concept_is_added_as_the_way_from_its_low_end_to_its_high_end() -> None:
    base, low, high = (_embedding(seed) for seed in (1, 2, 3))
    there = moved(base, [(low, high, 1.5)])
    torch.testing.assert_close(there.tokens, base.tokens + 1.5 * (high.tokens - low.tokens))
    assert moved(base, []) is base
    assert moved(base, [(low, high, 0.0)]) is base
