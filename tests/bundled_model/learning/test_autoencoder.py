"""The autoencoder's training step, on a tiny one."""

from pathlib import Path

import pytest
import torch

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.learning.autoencoder import (
    LATENT_CHANNELS,
    AutoencoderSettings,
    build_autoencoder,
    edges,
    load_autoencoder,
    psnr,
    train_autoencoder,
)
from bundled_model.learning.drawings import DrawingStore
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import Budget
from bundled_model.scenes.scene import Style

TINY = AutoencoderSettings(width=8, encoder_blocks=(0, 0, 1, 1), decoder_blocks=(1, 1, 0, 0), crop=32, batch=2)


def test_latents_have_16_channels_and_are_8_times_smaller() -> None:
    model = build_autoencoder(TINY)
    latents = model.encode(torch.zeros(1, 3, 64, 96)).latents
    assert latents.shape == (1, LATENT_CHANNELS, 8, 12) == (1, 16, 8, 12)
    assert model.decode(latents).sample.shape == (1, 3, 64, 96)


def test_a_run_in_two_parts_equals_one_run(drawn_folder: Path, tmp_path: Path) -> None:
    drawings = DrawingStore(drawn_folder, 64)
    train_autoencoder(tmp_path / "whole", drawings, Budget(0, 4), Stop(), TINY)
    stop = Stop()
    stop.asked = True
    # The stop is heard after the first step.
    assert not train_autoencoder(tmp_path / "parts", drawings, Budget(0, 4), stop, TINY)
    train_autoencoder(tmp_path / "parts", drawings, Budget(0, 4), Stop(), TINY)
    whole, parts = (load_autoencoder(tmp_path / name, TINY).state_dict() for name in ("whole", "parts"))
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


def test_fidelity_is_measured_by_style_and_grows_with_training(drawn_folder: Path, tmp_path: Path) -> None:
    drawings = DrawingStore(drawn_folder, 64)
    train_autoencoder(tmp_path, drawings, Budget(0, 1), Stop(), TINY)
    before = psnr(tmp_path, TINY, count=1)
    train_autoencoder(tmp_path, drawings, Budget(0, 40), Stop(), TINY)
    after = psnr(tmp_path, TINY, count=1)
    assert set(after) == {*Style, "all"}
    assert after["all"] > before["all"]


def test_edges_are_the_differences_between_neighbours() -> None:
    picture = torch.arange(6.0).reshape(1, 1, 2, 3)
    down, across = edges(picture)
    assert torch.equal(down, torch.full((1, 1, 1, 3), 3.0))
    assert torch.equal(across, torch.ones(1, 1, 2, 2))
