import pytest
import torch

from webui.diffusion.latent_distance import LatentDistance, channel_distances


def test_equal_latents_have_no_distance_and_one_direction() -> None:
    latents = torch.randn(4, 8, 8, generator=torch.Generator().manual_seed(1))
    found = LatentDistance.between(latents, latents)
    assert (found.euclidean, found.rms) == (0.0, 0.0)
    assert found.cosine == pytest.approx(1.0)


def test_distances_are_those_of_geometry() -> None:
    one, other = torch.tensor([3.0, 0.0]), torch.tensor([0.0, 4.0])
    found = LatentDistance.between(one, other)
    assert (found.euclidean, found.cosine) == (5.0, 0.0)
    assert found.rms == pytest.approx(5 / 2**0.5)
    assert LatentDistance.between(one, -one).cosine == -1.0


def test_channels_are_compared_by_themselves() -> None:
    one = torch.zeros(3, 2, 2)
    other = one.clone()
    other[1] = 2.0
    assert [each.euclidean for each in channel_distances(one, other)] == [0.0, 4.0, 0.0]


def test_latents_that_are_all_zero_have_an_angle_too() -> None:
    nothing, something = torch.zeros(4), torch.ones(4)
    assert LatentDistance.between(nothing, nothing).cosine == 1.0
    assert LatentDistance.between(nothing, something).cosine == 0.0
