import math

import torch

from webui.diffusion.noise import draw_noise, pasted_in_the_middle, picture_generators, slerp
from webui.diffusion.philox import philox_noise
from webui.generation.request import NoiseSource


def _noise(*seeds: int, shape: tuple[int, int, int] = (4, 4, 8), **options) -> torch.Tensor:  # noqa: ANN003
    return draw_noise(
        seeds=seeds, generators=picture_generators(seeds), shape=shape, **{"dtype": torch.float32} | options
    )


def test_each_picture_of_a_batch_has_the_noise_of_its_own_seed() -> None:
    assert _noise(5, 6).shape == (2, 4, 4, 8)
    assert torch.equal(_noise(5, 6)[1], _noise(6)[0])


def test_the_noise_is_what_a_plain_pipeline_draws_in_that_dtype() -> None:
    for dtype in (torch.float32, torch.bfloat16):
        theirs = torch.randn((1, 4, 4, 8), generator=torch.Generator().manual_seed(5), dtype=dtype)
        assert torch.equal(_noise(5, dtype=dtype), theirs)


def test_the_walks_generator_goes_on_where_the_noise_ended() -> None:
    generators, theirs = picture_generators([5]), torch.Generator().manual_seed(5)
    draw_noise(seeds=[5], generators=generators, shape=(4, 4, 8), dtype=torch.float32)
    torch.randn((1, 4, 4, 8), generator=theirs)
    assert torch.equal(torch.randn(3, generator=generators[0]), torch.randn(3, generator=theirs))


def test_a_variation_goes_from_the_seeds_noise_to_the_variation_seeds() -> None:
    varied = {share: _noise(5, variation_seeds=[9], variation_strength=share) for share in (0.0, 0.3, 1.0)}
    assert torch.equal(varied[0.0], _noise(5))
    torch.testing.assert_close(varied[1.0], _noise(9))
    assert not torch.allclose(varied[0.3], _noise(5))


def test_slerp_turns_each_channels_column_by_its_own_angle() -> None:
    """Worked by hand: in column 0 the rows point along x and then y, a right angle; in column 1 both along x."""
    start = torch.tensor([[[1.0, 2.0], [0.0, 0.0]]])
    end = torch.tensor([[[0.0, 1.0], [1.0, 1.0]]])
    middle = slerp(start, end, 0.5)
    half = math.sqrt(0.5)
    torch.testing.assert_close(middle[0, :, 0], torch.tensor([half, half]))
    weight = math.sin(math.pi / 8) / math.sin(math.pi / 4)
    torch.testing.assert_close(middle[0, :, 1], torch.tensor([3.0 * weight, weight]))


def test_a_variation_keeps_the_spread_of_noise_where_mixing_would_lose_it() -> None:
    middle = _noise(5, shape=(4, 64, 64), variation_seeds=[9], variation_strength=0.5)
    assert abs(float(middle.std()) - 1.0) < 0.02


def test_a_variation_of_a_seed_by_itself_is_that_seed() -> None:
    torch.testing.assert_close(_noise(5, variation_seeds=[5], variation_strength=0.4), _noise(5))


def test_resized_seeds_keep_the_small_noise_in_the_middle() -> None:
    small, large = _noise(5, shape=(4, 4, 6))[0], _noise(5, shape=(4, 8, 8))[0]
    resized = _noise(5, shape=(4, 8, 8), resize_from=(4, 6))[0]
    assert torch.equal(resized[:, 2:6, 1:7], small)
    assert torch.equal(resized[:, :2], large[:, :2])
    assert torch.equal(resized[:, :, 7], large[:, :, 7])


def test_a_larger_seed_size_is_cut_to_its_middle() -> None:
    large = _noise(5, shape=(4, 8, 8))[0]
    assert torch.equal(_noise(5, shape=(4, 4, 6), resize_from=(8, 8))[0], large[:, 2:6, 1:7])


def test_an_odd_rest_goes_to_the_right_and_lower_edges() -> None:
    pasted = pasted_in_the_middle(torch.ones(1, 2, 2), torch.zeros(1, 5, 2))
    assert pasted[0, :, 0].tolist() == [0, 1, 1, 0, 0]


def test_the_cuda_source_draws_philox_noise() -> None:
    assert torch.equal(_noise(5, 6, source=NoiseSource.NV)[1], philox_noise(6, (4, 4, 8)))
