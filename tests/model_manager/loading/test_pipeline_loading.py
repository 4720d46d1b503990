"""Of a pipeline's folder only classes of the libraries' own are constructed, and only such that hold data."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.tiny_pipelines import build_tiny_pixart
from webui.errors import ModelUnusable
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.loading.load_model import exhausted
from webui.model_manager.loading.pipeline_loading import load_pipeline


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build_tiny_pixart(tmp_path / "checkpoints" / "pixart")


def _load(folder: Path) -> Any:
    entry = Catalogue((folder.parents[1],)).entries("checkpoint")[0]
    return exhausted(load_pipeline(entry, device=torch.device("cpu"), dtype=torch.float32))


def _rename(folder: Path, part: str, named: list[str | None]) -> None:
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {part: named}))


def test_the_parts_are_loaded_and_joined(folder: Path) -> None:
    loaded = _load(folder)
    assert loaded.class_name == "PixArtAlphaPipeline"
    assert {"transformer", "vae", "text_encoder"} <= set(loaded.parts)
    assert loaded.info.size_multiple == 16


@pytest.mark.parametrize(
    "named",
    [["os", "system"], ["my_module", "PixArtTransformer2DModel"], ["diffusers", "DiffusionPipeline"],
     ["transformers", "pipeline"], ["diffusers.utils", "load_image"], ["diffusers", "AutoModelOfMine"]],
)  # fmt: skip
def test_a_class_from_elsewhere_or_that_holds_no_data_is_refused(folder: Path, named: list[str | None]) -> None:
    _rename(folder, "transformer", named)
    with pytest.raises(ModelUnusable, match="is not one that this program loads"):
        _load(folder)


def test_a_part_that_is_missing_is_named(folder: Path) -> None:
    _rename(folder, "transformer", [None, None])
    with pytest.raises(ModelUnusable, match="transformer is missing"):
        _load(folder)
