import json
import shutil
from pathlib import Path

import pytest
import torch

from webui.diffusion.families.stable_diffusion import StableDiffusion
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.loading.load_model import exhausted, load_family
from webui.model_manager.preview_map import PREVIEW_FILE, load_preview


@pytest.fixture
def family(tiny_models_dir: Path) -> StableDiffusion:
    entry = Catalogue((tiny_models_dir,)).find("tiny")
    return exhausted(load_family(entry, device=torch.device("cpu"), dtype=torch.float32))


def test_the_map_is_fitted_once_and_kept_with_the_model(family: StableDiffusion, tmp_path: Path) -> None:
    fitted = load_preview(tmp_path, family)
    (tmp_path / PREVIEW_FILE).stat()
    read = load_preview(tmp_path, family)
    torch.testing.assert_close(read.weights, fitted.weights)
    torch.testing.assert_close(read.bias, fitted.bias)


@pytest.mark.parametrize("content", ["", "{}", '{"weights": [[1]], "bias": [1]}', "[]", json.dumps({"weights": "x"})])
def test_a_damaged_map_is_fitted_again(family: StableDiffusion, tmp_path: Path, content: str) -> None:
    (tmp_path / PREVIEW_FILE).write_text(content)
    assert load_preview(tmp_path, family).weights.shape == (4, 3)


def test_a_folder_that_is_gone_is_no_error(family: StableDiffusion, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    shutil.rmtree(folder)
    assert load_preview(folder, family).bias.shape == (3,)
