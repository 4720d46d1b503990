from pathlib import Path

import numpy as np
import torch

from webui.diffusion.preview import LatentPreview, fit_preview
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.loading.load_model import exhausted, load_family


def test_a_preview_is_a_linear_map_of_each_latent_to_a_colour() -> None:
    preview = LatentPreview(weights=torch.eye(3), bias=torch.tensor([0.0, 0.5, 0.0]))
    latents = torch.tensor([1.0, 0.25, -1.0]).reshape(1, 3, 1, 1)
    assert preview.pixels(latents).tolist() == [[[[255, 191, 0]]]]


def test_the_fitted_map_is_closer_to_the_decoded_colours_than_their_mean_is(tiny_models_dir: Path) -> None:
    entry = Catalogue((tiny_models_dir,)).find("tiny")
    family = exhausted(load_family(entry, device=torch.device("cpu"), dtype=torch.float32))
    preview = fit_preview(family)
    picture = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(3)) * 2 - 1
    latents = family.encode_pictures(torch.nn.functional.interpolate(picture, (64, 64), mode="bilinear"))
    decoded = family.decode(latents)[0].reshape(8, 8, 8, 8, 3).mean(axis=(1, 3))
    error = np.abs(preview.pixels(latents)[0] - decoded).mean()
    spread = np.abs(decoded - decoded.mean(axis=(0, 1))).mean()
    assert error < spread
