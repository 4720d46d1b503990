"""Qwen-Image's pictures equal those of diffusers' own pipelines, and what else can be asked for works."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from diffusers import QwenImageImg2ImgPipeline, QwenImagePipeline

from tests.conformance.flow_pipelines import SIZE, flow_request, from_picture, their_pictures
from tests.conformance.pipelines import Side, difference, picture, their_pipeline
from tests.one_precision import computed_in
from tests.tiny_qwen_image import build_tiny_qwen_image

GUIDED = {"negative_prompt": ["dog"] * 2, "true_cfg_scale": 4.0}


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    build_tiny_qwen_image(folder / "checkpoints" / "qwen-image")
    return folder


@pytest.fixture(scope="module")
def side(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    with computed_in(torch.float32):
        yield Side(models_dir, tmp_path_factory.mktemp("data"))


@pytest.fixture
def folder(models_dir: Path) -> Path:
    return models_dir / "checkpoints" / "qwen-image"


def test_a_guided_batch_equals_the_plain_pipelines(side: Side, folder: Path) -> None:
    request = flow_request("qwen-image")
    plain = their_pictures(their_pipeline(QwenImagePipeline, folder, torch.float32), request, **GUIDED)
    assert difference(side.pictures(request), plain) <= 1


def test_a_walk_without_guidance_equals_the_plain_pipelines(side: Side, folder: Path) -> None:
    request = flow_request("qwen-image", cfg_scale=1.0)
    plain = their_pictures(their_pipeline(QwenImagePipeline, folder, torch.float32), request, true_cfg_scale=1.0)
    assert difference(side.pictures(request), plain) <= 1


@pytest.mark.parametrize("strength", [0.3, 0.7])
def test_a_picture_as_start_equals_the_plain_pipelines(side: Side, folder: Path, strength: float) -> None:
    request = from_picture(side, flow_request("qwen-image"), strength)
    pipeline = their_pipeline(QwenImageImg2ImgPipeline, folder, torch.float32)
    plain = their_pictures(pipeline, request, image=picture(*SIZE), strength=strength, **GUIDED)
    assert difference(side.pictures(request), plain) <= 1
