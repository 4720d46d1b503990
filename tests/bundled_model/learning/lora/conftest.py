"""A tiny exported model with random weights, and a LoRA trained on it for two steps."""

from pathlib import Path

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from diffusers import StableDiffusionPipeline
from transformers import CLIPTokenizer

from bundled_model.learning.autoencoder import AutoencoderSettings, build_autoencoder
from bundled_model.learning.denoiser import DenoiserSettings, build_denoiser, build_scheduler
from bundled_model.learning.lora.settings import LoraSettings, Places
from bundled_model.learning.lora.training import train_lora
from bundled_model.learning.stopping import Stop
from bundled_model.learning.text_encoder import TextSettings, build_text_encoder
from bundled_model.learning.training import Budget

TEXT = TextSettings(width=32, layers=1)
TOKENIZER = Path(__file__).parents[4] / "models" / "checkpoints" / "postcard" / "tokenizer"
TINY = DenoiserSettings(channels=(16, 32, 32), text=TEXT)
SMALL = LoraSettings(rank=2, pictures=64, batch=2)


@pytest.fixture(scope="session")
def tiny_export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as the bundled model is exported, tiny and untrained."""
    tokenizer = CLIPTokenizer.from_pretrained(TOKENIZER)
    autoencoder = build_autoencoder(AutoencoderSettings(width=8, decoder_blocks=(1, 0, 0, 0)))
    autoencoder.register_to_config(scaling_factor=0.8)
    pipeline = StableDiffusionPipeline(
        vae=autoencoder,  # type: ignore[arg-type]
        text_encoder=build_text_encoder(tokenizer, TEXT),
        tokenizer=tokenizer,
        unet=build_denoiser(TINY),
        scheduler=build_scheduler(),  # type: ignore[arg-type]
        safety_checker=None,  # type: ignore[arg-type]
        feature_extractor=None,  # type: ignore[arg-type]
        requires_safety_checker=False,
    )
    folder = tmp_path_factory.mktemp("exported") / "checkpoints" / "postcard"
    pipeline.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def trained(tiny_export: Path, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The LoRA of a look after two steps; nothing may be changed in its folders."""
    places = Places(tmp_path_factory.mktemp("loras"), tiny_export, tiny_export.parents[1] / "loras")
    assert train_lora("neon", places, Budget(0, 2), Stop(), SMALL)
    return places
