"""A LoRA trained for two steps on the tiny exported model."""

import shutil
from pathlib import Path

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.learning.lora.settings import LoraSettings, Places
from bundled_model.learning.lora.training import train_lora
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import Budget

SMALL = LoraSettings(rank=2, pictures=64, batch=2)


@pytest.fixture(scope="session")
def trained(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The LoRA of a look after two steps; nothing may be changed in its folders."""
    models = tmp_path_factory.mktemp("exported")
    model = Path(shutil.copytree(tiny_model, models / "checkpoints" / "postcard"))
    places = Places(tmp_path_factory.mktemp("loras"), model, models / "loras")
    assert train_lora("neon", places, Budget(0, 2), Stop(), SMALL)
    return places
