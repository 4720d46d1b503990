"""A store of a few latents from a tiny untrained autoencoder and a tokenizer, built once."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def filled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training folder with 32 latents and the tokenizer."""
    pytest.importorskip("skia", exc_type=ImportError)
    from bundled_model.captions.tokenizer import tokenizer_in
    from bundled_model.learning.autoencoder import AutoencoderSettings, build_autoencoder
    from bundled_model.learning.latents import LatentStore
    from bundled_model.learning.training import Stop

    folder = tmp_path_factory.mktemp("filled")
    settings = AutoencoderSettings(width=8, encoder_blocks=(0, 0, 0, 1), decoder_blocks=(1, 0, 0, 0))
    LatentStore(folder, 32).fill(build_autoencoder(settings).eval(), Stop())
    tokenizer_in(folder)
    return folder


@pytest.fixture
def training_folder(filled_folder: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may write to."""
    return Path(shutil.copytree(filled_folder, tmp_path / "training"))
