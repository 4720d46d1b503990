"""A training folder, built once: a few drawings, their latents, and a tokenizer."""

import shutil
from pathlib import Path

import pytest

TOKENIZER = Path(__file__).parents[2] / "models" / "checkpoints" / "postcard" / "tokenizer"
PICTURES = 64
"""Drawings asked for; a store has a whole chunk of each size at least, so 96 are made."""


@pytest.fixture(scope="session")
def drawn_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training folder with one chunk of drawings of each size; nothing may be changed in it."""
    pytest.importorskip("skia", exc_type=ImportError)
    from bundled_model.learning.drawings import DrawingStore
    from bundled_model.learning.parallel import Share
    from bundled_model.learning.stopping import Stop

    folder = tmp_path_factory.mktemp("drawn")
    assert DrawingStore(folder, PICTURES).fill(Share(), Stop())
    return folder


@pytest.fixture(scope="session")
def filled_folder(drawn_folder: Path) -> Path:
    """The same folder, with latents and the tokenizer."""
    from bundled_model.captions.tokenizer import tokenizer_in
    from bundled_model.learning.autoencoder import find_encoder, load_encoder
    from bundled_model.learning.drawings import DrawingStore
    from bundled_model.learning.latents import LatentStore
    from bundled_model.learning.parallel import Share
    from bundled_model.learning.stopping import Stop

    drawings, tokenizer = DrawingStore(drawn_folder, PICTURES), tokenizer_in(drawn_folder)
    find_encoder(drawn_folder, drawings)
    model = load_encoder(drawn_folder)
    store = LatentStore(drawn_folder, PICTURES)
    store.empty_unless_from(model)
    assert store.fill(drawings, model, tokenizer, Share(), Stop())
    return drawn_folder


@pytest.fixture
def training_folder(filled_folder: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may write to."""
    return Path(shutil.copytree(filled_folder, tmp_path / "training"))


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as the export writes it, of tiny untrained networks; nothing may be changed in it."""
    pytest.importorskip("skia", exc_type=ImportError)
    from diffusers import StableDiffusionPipeline
    from transformers import CLIPTokenizer

    from bundled_model.learning.autoencoder import AutoencoderSettings, build_autoencoder
    from bundled_model.learning.denoiser import DenoiserSettings, build_denoiser, build_scheduler
    from bundled_model.learning.text_encoder import TextSettings, build_text_encoder
    from bundled_model.shipping.export import write_pipeline

    tokenizer = CLIPTokenizer.from_pretrained(TOKENIZER)
    text = TextSettings(width=32, layers=1)
    autoencoder = build_autoencoder(AutoencoderSettings(width=8, decoder_blocks=(1, 0, 0, 0)))
    # Not 1: who forgets it is to be found out.
    autoencoder.register_to_config(scaling_factor=0.8)
    pipeline = StableDiffusionPipeline(
        vae=autoencoder,  # type: ignore[arg-type]
        text_encoder=build_text_encoder(tokenizer, text),
        tokenizer=tokenizer,
        unet=build_denoiser(DenoiserSettings(channels=(16, 32, 32), layers=1, text=text)),
        scheduler=build_scheduler(),  # type: ignore[arg-type]
        safety_checker=None,  # type: ignore[arg-type]
        feature_extractor=None,  # type: ignore[arg-type]
        requires_safety_checker=False,
    )
    folder = tmp_path_factory.mktemp("models") / "checkpoints" / "tiny"
    write_pipeline(pipeline, folder)
    return folder
