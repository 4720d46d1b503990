from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from webui.diffusion.families.base import PromptEmbedding
from webui.diffusion.families.stable_diffusion import StableDiffusion
from webui.diffusion.tiling import circular_padding
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.loading.load_model import exhausted, load_family


@pytest.fixture(scope="module")
def family(tiny_models_dir: Path) -> StableDiffusion:
    entry = Catalogue((tiny_models_dir,)).find("tiny")
    return exhausted(load_family(entry, device=torch.device("cpu"), dtype=torch.float32))


@torch.inference_mode()
def test_a_shifted_walk_gives_the_shifted_prediction_and_only_while_tiled(family: StableDiffusion) -> None:
    latents = torch.randn(1, 4, 8, 12, generator=torch.Generator().manual_seed(0))
    prompts, timestep = PromptEmbedding(torch.randn(1, 77, 32)), torch.tensor(500)
    shifted = latents.roll((2, 4), dims=(2, 3))
    with family.tiled():
        straight, moved = (family.predict(each, timestep, prompts) for each in (latents, shifted))
    torch.testing.assert_close(moved, straight.roll((2, 4), dims=(2, 3)), atol=1e-4, rtol=1e-4)
    straight, moved = (family.predict(each, timestep, prompts) for each in (latents, shifted))
    assert (moved - straight.roll((2, 4), dims=(2, 3))).abs().max() > 1e-2


def test_a_shifted_decoding_gives_the_shifted_picture(family: StableDiffusion) -> None:
    latents = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(1)) * 3
    with family.tiled():
        straight, moved = (family.decode(each)[0].astype(int) for each in (latents, latents.roll(3, dims=3)))
    assert np.abs(moved - np.roll(straight, 24, axis=1)).max() <= 1
    assert np.abs(family.decode(latents)[0].astype(int) - straight).max() > 1


def test_everything_is_as_before_afterwards_even_after_a_fault(family: StableDiffusion) -> None:
    latents = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(2))
    before = family.decode(latents)
    with pytest.raises(RuntimeError), family.tiled():
        raise RuntimeError
    assert np.array_equal(family.decode(latents), before)


def test_convolutions_that_pad_otherwise_or_not_at_all_are_left_alone() -> None:
    layers = [nn.Conv2d(1, 1, 1), nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect"), nn.Conv2d(1, 1, 3, padding=1)]
    with circular_padding(*layers):
        assert [layer.padding_mode for layer in layers] == ["zeros", "reflect", "circular"]
    assert [layer.padding_mode for layer in layers] == ["zeros", "reflect", "zeros"]
