"""The picture with LoRAs equals the one that diffusers' own pipeline makes after `load_lora_weights`."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    DDIMScheduler,
    FluxPipeline,
    StableDiffusion3Pipeline,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
)

from tests.conformance.pipelines import Side, difference
from tests.tiny_loras import Tensors, lora, made, save_lora
from tests.tiny_stable_diffusion_xl import build_tiny_stable_diffusion_xl
from webui.generation.request import GenerationRequest

_WEIGHTS = {"one": 0.8, "two": -0.4}
_TAGS = "".join(f"<lora:{name}:{weight}>" for name, weight in _WEIGHTS.items())


@pytest.fixture(scope="module")
def xl_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    checkpoints = tmp_path_factory.mktemp("xl") / "checkpoints"
    build_tiny_stable_diffusion_xl(checkpoints / "xl")
    return checkpoints


def compared(
    kind: Any, folder: Path, tmp_path: Path, dtype: torch.dtype, *, parts: tuple[str, ...], **asked: Any
) -> tuple[int, int]:
    """By how many levels our picture differs from theirs, and from one without LoRAs."""
    pipeline = kind.from_pretrained(folder, dtype=dtype)
    pipeline.set_progress_bar_config(disable=True)
    for seed, name in enumerate(_WEIGHTS):
        networks = {part: getattr(pipeline, part) for part in parts}
        save_lora(
            tmp_path / "loras" / f"{name}.safetensors", _for_diffusers(made(networks, lora, seed=seed, only="attn"))
        )
    side = Side(folder.parents[1], tmp_path / "data", tmp_path)
    values = {
        "prompt": f"the cat{_TAGS}", "seed": 5, "steps": 4, "width": 64, "height": 64, "cfg_scale": 4.0,
        "model": folder.name, **asked,
    }  # fmt: skip
    request = GenerationRequest.parse(values)
    ours, plain = (side.pictures(each) for each in (request, request.with_changes(prompt="the cat")))
    for name in _WEIGHTS:
        pipeline.load_lora_weights(tmp_path / "loras" / f"{name}.safetensors", adapter_name=name)
    pipeline.set_adapters(list(_WEIGHTS), list(_WEIGHTS.values()))
    if "DDIM" in request.sampler:
        pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    made_by_them = pipeline(
        "the cat", width=64, height=64, num_inference_steps=4, guidance_scale=4.0,
        generator=torch.Generator("cpu").manual_seed(5),
    ).images  # fmt: skip
    return difference(ours, [np.asarray(each).astype(int) for each in made_by_them]), difference(ours, plain)


def _for_diffusers(tensors: Tensors) -> Tensors:
    """diffusers takes peft's names for its own, and no alphas beside them."""
    if not any(name.startswith("transformer.") for name in tensors):
        return tensors
    names = {".lora_down.": ".lora_A.", ".lora_up.": ".lora_B."}
    return {
        name.replace(old, new): tensor for name, tensor in tensors.items() for old, new in names.items() if old in name
    }


@pytest.mark.parametrize(
    ("kind", "model", "parts", "asked"),
    [
        (StableDiffusionPipeline, "tiny", ("unet", "text_encoder"), {"sampler": "DDIM"}),
        (StableDiffusionXLPipeline, "xl", ("unet", "text_encoder", "text_encoder_2"), {"sampler": "DDIM"}),
        (
            FluxPipeline,
            "dev",
            ("transformer",),
            {"sampler": "Euler (flow)", "cfg_scale": 1.0, "distilled_guidance": 4.0},
        ),
        (StableDiffusion3Pipeline, "sd3", ("transformer",), {"sampler": "Euler (flow)"}),
    ],
    ids=["SD", "SDXL", "FLUX", "SD3"],
)
def test_two_loras_give_the_picture_that_the_pipeline_gives(
    tiny_models_dir: Path, xl_models: Path, flow_models: Path, tmp_path: Path, dtype: torch.dtype,
    kind: Any, model: str, parts: tuple[str, ...], asked: dict[str, Any],
) -> None:  # fmt: skip
    folders = {"tiny": tiny_models_dir / "checkpoints", "xl": xl_models}
    folder = folders.get(model, flow_models) / model
    from_theirs, from_plain = compared(kind, folder, tmp_path, dtype, parts=parts, **asked)
    assert from_theirs <= 1
    assert from_plain > 4
