"""The encoder keeps the principal components of cells; the decoder learns to restore pictures from them."""

from pathlib import Path

import pytest
import torch

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.learning.autoencoder import (
    AUTOENCODER_FILE,
    LARGEST,
    LATENT_CHANNELS,
    AutoencoderSettings,
    build_autoencoder,
    edges,
    find_encoder,
    load_autoencoder,
    load_encoder,
    principal_components,
    psnr,
    set_encoder,
    train_autoencoder,
)
from bundled_model.learning.drawings import DrawingStore
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import Budget
from bundled_model.scenes.scene import Style

TINY = AutoencoderSettings(decoder_blocks=(1, 0, 0, 0), crop=32, batch=2)


def test_latents_have_16_channels_and_are_8_times_smaller() -> None:
    model = build_autoencoder(TINY)
    latents = model.encode(torch.zeros(1, 3, 64, 96)).latents
    assert latents.shape == (1, LATENT_CHANNELS, 8, 12) == (1, 16, 8, 12)
    assert model.decode(latents).sample.shape == (1, 3, 64, 96)


def test_the_encoder_is_the_linear_map_of_cells_that_it_was_set_to() -> None:
    generator = torch.Generator().manual_seed(1)
    model = build_autoencoder(TINY)
    rows = torch.randn(LATENT_CHANNELS, 3, 8, 8, generator=generator)
    offsets = torch.randn(LATENT_CHANNELS, generator=generator)
    set_encoder(model, rows, offsets)
    pictures = torch.rand(2, 3, 24, 32, generator=generator)
    with torch.inference_mode():
        latents = model.encoder(pictures * 2 - 1)
    cells = pictures.unfold(2, 8, 8).unfold(3, 8, 8)
    expected = torch.einsum("kcyx,nchwyx->nkhw", rows, cells) + offsets.view(1, -1, 1, 1)
    assert torch.allclose(latents, expected, atol=1e-4)


def test_principal_components_restore_cells_of_few_dimensions_entirely() -> None:
    generator = torch.Generator().manual_seed(2)
    basis = torch.randn(LATENT_CHANNELS, 192, generator=generator)
    cells = (torch.randn(500, LATENT_CHANNELS, generator=generator) @ basis).view(-1, 3, 8, 8)
    rows, offsets = principal_components(cells)
    latents = cells.flatten(1) @ rows.flatten(1).T + offsets
    restored = (latents - offsets) @ torch.linalg.pinv(rows.flatten(1)).T
    assert torch.allclose(restored, cells.flatten(1), atol=1e-2)
    assert latents.mean(dim=0).abs().max() < 1e-3
    assert latents[:, 0].std() == pytest.approx(LARGEST, rel=0.01)
    assert latents.std(dim=0).diff().max() < 1e-3


def test_the_decoder_of_a_run_in_two_parts_equals_that_of_one_run(training_folder: Path) -> None:
    drawings = DrawingStore(training_folder, 64)
    train_autoencoder(training_folder, drawings, Budget(0, 4), Stop(), TINY)
    whole = load_autoencoder(training_folder, TINY).state_dict()
    (training_folder / AUTOENCODER_FILE).unlink()
    stop = Stop()
    stop.asked = True
    # The stop is heard after the first step.
    assert not train_autoencoder(training_folder, drawings, Budget(0, 4), stop, TINY)
    train_autoencoder(training_folder, drawings, Budget(0, 4), Stop(), TINY)
    parts = load_autoencoder(training_folder, TINY).state_dict()
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


def test_training_leaves_the_encoder_as_it_was_found(training_folder: Path) -> None:
    drawings = DrawingStore(training_folder, 64)
    before = load_encoder(training_folder, TINY).encoder.state_dict()
    train_autoencoder(training_folder, drawings, Budget(0, 2), Stop(), TINY)
    find_encoder(training_folder, drawings)
    after = load_autoencoder(training_folder, TINY).encoder.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_fidelity_is_measured_by_style_and_grows_with_training(training_folder: Path) -> None:
    drawings = DrawingStore(training_folder, 64)
    train_autoencoder(training_folder, drawings, Budget(0, 1), Stop(), TINY)
    before = psnr(training_folder, TINY, count=1)
    train_autoencoder(training_folder, drawings, Budget(0, 40), Stop(), TINY)
    after = psnr(training_folder, TINY, count=1)
    assert set(after) == {*Style, "all"}
    assert after["all"] > before["all"]


def test_edges_are_the_differences_between_neighbours() -> None:
    picture = torch.arange(6.0).reshape(1, 1, 2, 3)
    down, across = edges(picture)
    assert torch.equal(down, torch.full((1, 1, 1, 3), 3.0))
    assert torch.equal(across, torch.ones(1, 1, 2, 2))
