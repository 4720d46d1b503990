import math

import pytest
import torch

from webui.diffusion.noise import draw_noise, picture_generators
from webui.diffusion.noise_turning import arc
from webui.generation.noise_turns import NoiseTurn

SHAPE = (4, 16, 16)


def _noise(seed: int, *turns: NoiseTurn, dtype: torch.dtype = torch.float32, **options) -> torch.Tensor:  # noqa: ANN003
    return draw_noise(
        seeds=[seed], generators=picture_generators([seed]), shape=SHAPE, dtype=dtype, turns=[turns], **options
    )[0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_turn_ends_at_either_noise_exactly(dtype: torch.dtype) -> None:
    assert torch.equal(_noise(5, NoiseTurn(seed=9, share=0.0), dtype=dtype), _noise(5, dtype=dtype))
    assert torch.equal(_noise(5, NoiseTurn(seed=9, share=1.0), dtype=dtype), _noise(9, dtype=dtype))


def test_there_is_one_angle_for_the_whole_picture() -> None:
    start, end = torch.zeros(1, 1, 2), torch.zeros(1, 1, 2)
    start[0, 0, 0] = end[0, 0, 1] = 1.0
    half = math.sqrt(0.5)
    torch.testing.assert_close(arc(start, end, 0.5), torch.tensor([[[half, half]]]))
    torch.testing.assert_close(arc(start, end, 2.0), torch.tensor([[[-1.0, 0.0]]]), atol=1e-6, rtol=0)


@pytest.mark.parametrize("share", [-0.5, 0.1, 0.5, 1.5])
def test_turned_noise_keeps_its_spread(share: float) -> None:
    assert abs(float(_noise(5, NoiseTurn(seed=9, share=share)).std()) - 1) < 0.1


def test_a_turn_towards_itself_changes_nothing() -> None:
    torch.testing.assert_close(_noise(5, NoiseTurn(seed=5, share=0.4)), _noise(5))


def test_turns_follow_each_other_and_a_turns_own_noise_is_varied_and_turned() -> None:
    inner = NoiseTurn(seed=2, share=0.3)
    other = _noise(9, inner, variation_seeds=[4], variation_strength=0.2)
    turn = NoiseTurn(seed=9, share=0.6, variation_seed=4, variation_strength=0.2, turns=(inner,))
    first = arc(_noise(5), other, 0.6)
    assert torch.equal(_noise(5, turn), first)
    assert torch.equal(_noise(5, turn, inner), arc(first, _noise(2), 0.3))


def test_the_walks_own_generator_goes_on_as_without_turns() -> None:
    plain, turned = picture_generators([5]), picture_generators([5])
    draw_noise(seeds=[5], generators=plain, shape=SHAPE, dtype=torch.float32)
    turns = [[NoiseTurn(seed=9, share=0.5)]]
    draw_noise(seeds=[5], generators=turned, shape=SHAPE, dtype=torch.float32, turns=turns)
    assert torch.equal(torch.randn(3, generator=plain[0]), torch.randn(3, generator=turned[0]))


def test_each_picture_has_turns_of_its_own() -> None:
    turn = NoiseTurn(seed=9, share=0.5)
    both = draw_noise(
        seeds=[5, 6], generators=picture_generators([5, 6]), shape=SHAPE, dtype=torch.float32, turns=[[], [turn]]
    )
    assert torch.equal(both[0], _noise(5))
    assert torch.equal(both[1], _noise(6, turn))
