import json
import shutil
from pathlib import Path

import pytest
import torch

from webui.errors import ModelUnusable
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.loading.load_model import LoadingProgress, exhausted, load_family

CPU = torch.device("cpu")


@pytest.fixture
def models_dir(tiny_models_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_models_dir, tmp_path / "models"))


def test_loading_tells_how_far_it_is(tiny_models_dir: Path) -> None:
    progress = list(load_family(Catalogue((tiny_models_dir,)).find("tiny"), device=CPU, dtype=torch.float32))
    fractions = [step.fraction for step in progress]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert LoadingProgress(0.0, "text encoder") == progress[0]


def test_weights_that_do_not_fit_the_description_are_a_sentence(models_dir: Path) -> None:
    config = models_dir / "checkpoints" / "tiny" / "unet" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"block_out_channels": [32, 96]}))
    with pytest.raises(ModelUnusable, match="'tiny' could not be loaded"):
        exhausted(load_family(Catalogue((models_dir,)).find("tiny"), device=CPU, dtype=torch.float32))


def test_a_class_from_elsewhere_is_never_constructed(models_dir: Path) -> None:
    entry = Catalogue((models_dir,)).find("tiny")
    index = models_dir / "checkpoints" / "tiny" / "model_index.json"
    index.write_text(json.dumps(json.loads(index.read_text()) | {"unet": ["os", "system"]}))
    with pytest.raises(ModelUnusable, match="not one that this program loads"):
        exhausted(load_family(entry, device=CPU, dtype=torch.float32))


def test_a_file_that_vanishes_while_it_is_loaded_is_a_sentence(models_dir: Path) -> None:
    entry = Catalogue((models_dir,)).find("tiny")
    loading = load_family(entry, device=CPU, dtype=torch.float32)
    next(loading)
    shutil.rmtree(entry.path / "unet")
    with pytest.raises(ModelUnusable, match="'tiny'"):
        exhausted(loading)
