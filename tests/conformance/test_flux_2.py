"""FLUX.2's pictures equal those of diffusers' own pipelines, and what else can be asked for works."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import Flux2KleinPipeline, Flux2Pipeline
from transformers import PreTrainedTokenizerFast

from tests.conformance.flow_pipelines import flow_request, their_pictures
from tests.conformance.pipelines import Side, difference, their_pipeline
from tests.one_precision import computed_in
from tests.tiny_flux_2 import build_tiny_flux_2
from webui.generation.families import FamilyTraits, flux_2_traits


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "checkpoints"
    build_tiny_flux_2(folder / "dev")
    build_tiny_flux_2(folder / "klein", klein=True)
    return folder


@pytest.fixture(scope="module")
def side(checkpoints: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    with computed_in(torch.float32):
        yield Side(checkpoints.parent, tmp_path_factory.mktemp("data"))


def _their_dev(checkpoints: Path) -> Any:
    """With what cuts texts alone: the whole processor cuts pictures too, and needs torchvision for that."""
    reads: Any = PreTrainedTokenizerFast.from_pretrained(checkpoints / "dev" / "tokenizer")
    pipeline: Any = their_pipeline(Flux2Pipeline, checkpoints / "dev", torch.float32, tokenizer=None)
    pipeline.register_modules(tokenizer=reads)
    return pipeline


@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_the_guidance_scale_that_dev_is_told_equals_the_plain_pipelines(
    side: Side, checkpoints: Path, scale: float
) -> None:
    request = flow_request("dev", negative_prompt="", cfg_scale=1.0, distilled_guidance=scale, steps=2)
    plain = their_pictures(_their_dev(checkpoints), request, guidance_scale=scale)
    assert difference(side.pictures(request), plain) <= 1


def test_the_shift_follows_the_number_of_steps_as_the_plain_pipelines(side: Side, checkpoints: Path) -> None:
    request = flow_request("dev", negative_prompt="", cfg_scale=1.0, steps=7, batch_size=1)
    plain = their_pictures(_their_dev(checkpoints), request, guidance_scale=3.5)
    assert difference(side.pictures(request), plain) <= 1


def test_guided_klein_equals_the_plain_pipeline(side: Side, checkpoints: Path) -> None:
    request = flow_request("klein", negative_prompt="", steps=2, batch_size=1)
    pipeline: Any = their_pipeline(Flux2KleinPipeline, checkpoints / "klein", torch.float32)
    assert difference(side.pictures(request), their_pictures(pipeline, request, guidance_scale=4.0)) <= 1


def test_each_kind_starts_with_its_own_settings() -> None:
    dev, klein, distilled = flux_2_traits(), flux_2_traits(is_told_guidance=False), _distilled()
    assert [traits.steps for traits in (dev, klein, distilled)] == [28, 50, 4]
    assert [traits.cfg_scale for traits in (dev, klein, distilled)] == [1.0, 4.0, 1.0]
    assert [traits.distilled_guidance for traits in (dev, klein, distilled)] == [4.0, None, None]


def _distilled() -> FamilyTraits:
    return flux_2_traits(is_told_guidance=False, is_distilled=True)
