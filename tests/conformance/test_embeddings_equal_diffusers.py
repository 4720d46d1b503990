"""The picture with a textual inversion equals the one that diffusers makes after `load_textual_inversion`."""

from pathlib import Path

import numpy as np
import torch
from diffusers import DDIMScheduler, StableDiffusionXLPipeline
from safetensors.torch import save_file

from tests.conformance.pipelines import Side, difference
from tests.tiny_stable_diffusion_xl import build_tiny_stable_diffusion_xl
from webui.generation.request import GenerationRequest


def test_one_for_both_encoders_of_sdxl_stands_in_both(tmp_path: Path, dtype: torch.dtype) -> None:
    folder = build_tiny_stable_diffusion_xl(tmp_path / "checkpoints" / "xl")
    pipeline = StableDiffusionXLPipeline.from_pretrained(folder, dtype=dtype)
    pipeline.set_progress_bar_config(disable=True)
    encoders = {"clip_l": ("text_encoder", "tokenizer"), "clip_g": ("text_encoder_2", "tokenizer_2")}
    torch.manual_seed(2)
    vectors = {
        name: torch.randn(2, getattr(pipeline, encoder).config.hidden_size) for name, (encoder, _) in encoders.items()
    }
    (tmp_path / "embeddings").mkdir()
    save_file(vectors, tmp_path / "embeddings" / "style.safetensors")
    request = GenerationRequest.parse(
        {"prompt": "the style cat", "seed": 5, "steps": 4, "sampler": "DDIM", "cfg_scale": 4.0, "width": 64,
         "height": 64, "model": "xl"}
    )  # fmt: skip
    side = Side(tmp_path, tmp_path / "data")
    ours, words = side.pictures(request), side.pictures(request.with_changes(prompt="the other cat"))
    for name, (encoder, tokenizer) in encoders.items():
        parts = {"text_encoder": getattr(pipeline, encoder), "tokenizer": getattr(pipeline, tokenizer)}
        pipeline.load_textual_inversion({"style": vectors[name]}, token="style", **parts)
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    (theirs,) = pipeline(
        "the style cat", width=64, height=64, num_inference_steps=4, guidance_scale=4.0,
        generator=torch.Generator("cpu").manual_seed(5),
    ).images  # fmt: skip
    assert difference(ours, [np.asarray(theirs).astype(int)]) <= 1
    assert difference(ours, words) > 4
