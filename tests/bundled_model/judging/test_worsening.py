"""Drawings made worse: still themselves, and the same at every call."""

import torch

from bundled_model.judging.worsening import worsened
from bundled_model.learning.training import generator_for


def test_a_worsened_picture_is_close_to_the_drawing() -> None:
    pictures = torch.zeros(6, 3, 128, 128)
    pictures[:, :, 40:90, 30:80] = 0.8
    made = worsened(pictures, generator_for(1, 1))
    assert made.shape == pictures.shape
    assert 0.01 < (made - pictures).abs().mean() < 0.25


def test_the_same_chance_makes_it_worse_in_the_same_way() -> None:
    pictures = torch.rand(4, 3, 128, 128)
    kept = pictures.clone()
    first, second, other = (worsened(pictures, generator_for(1, step)) for step in (1, 1, 2))
    assert torch.equal(first, second)
    assert not torch.equal(first, other)
    assert torch.equal(pictures, kept)
