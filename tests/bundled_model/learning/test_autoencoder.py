"""The autoencoder's training step, on a tiny one."""

from pathlib import Path

import pytest
import torch

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.learning.autoencoder import (
    AutoencoderSettings,
    build_autoencoder,
    edges,
    load_autoencoder,
    train_autoencoder,
)
from bundled_model.learning.training import Budget, Stop

TINY = AutoencoderSettings(width=8, encoder_blocks=(0, 0, 1, 1), decoder_blocks=(1, 1, 0, 0), crop=32, batch=2, pool=4)


def test_latents_have_8_channels_and_are_8_times_smaller() -> None:
    model = build_autoencoder(TINY)
    latents = model.encode(torch.zeros(1, 3, 64, 96)).latents
    assert latents.shape == (1, 8, 8, 12)
    assert model.decode(latents).sample.shape == (1, 3, 64, 96)


def test_a_run_in_two_parts_equals_one_run(tmp_path: Path) -> None:
    train_autoencoder(tmp_path / "whole", Budget(0, 4), Stop(), TINY)
    stop = Stop()
    stop.asked = True
    # The stop is heard after the first step.
    assert not train_autoencoder(tmp_path / "parts", Budget(0, 4), stop, TINY)
    train_autoencoder(tmp_path / "parts", Budget(0, 4), Stop(), TINY)
    whole, parts = (load_autoencoder(tmp_path / name, TINY).state_dict() for name in ("whole", "parts"))
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


def test_edges_are_the_differences_between_neighbours() -> None:
    picture = torch.arange(6.0).reshape(1, 1, 2, 3)
    down, across = edges(picture)
    assert torch.equal(down, torch.full((1, 1, 1, 3), 3.0))
    assert torch.equal(across, torch.ones(1, 1, 2, 2))
