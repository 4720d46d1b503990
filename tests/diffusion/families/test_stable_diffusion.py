from pathlib import Path

import pytest
import torch

from webui.diffusion.families.base import Family
from webui.diffusion.families.stable_diffusion import StableDiffusion
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.loading.load_model import exhausted, load_family


@pytest.fixture(scope="module")
def family(tiny_models_dir: Path) -> StableDiffusion:
    entry = Catalogue((tiny_models_dir,)).find("tiny")
    return exhausted(load_family(entry, device=torch.device("cpu"), dtype=torch.float32))


def test_its_information_comes_from_the_model(family: Family) -> None:
    assert (family.info.default_size, family.info.latent_channels, family.info.latent_scale) == (64, 4, 8)


def test_pictures_go_to_latents_and_back_in_their_size(family: Family) -> None:
    latents = family.encode_pictures(torch.zeros(2, 3, 64, 96))
    assert latents.shape == (2, 4, 8, 12)
    pictures = family.decode(latents)
    assert pictures.shape == (2, 64, 96, 3)
    assert pictures.dtype == "uint8"
