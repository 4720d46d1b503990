"""Models of the size that people have, with random weights, in diffusers' folder format, to measure speed with."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from accelerate import init_empty_weights
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxTransformer2DModel,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, T5Config, T5EncoderModel

from tests.tiny_text import write_tiny_t5
from webui.testing.tiny_model import write_clip_tokenizer

_CLIP_VOCABULARY, _T5_VOCABULARY = 49408, 32128
_VAE: dict[str, Any] = {
    "block_out_channels": (128, 256, 512, 512), "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4, "layers_per_block": 2, "sample_size": 512,
}  # fmt: skip
_SD_SCHEDULE: dict[str, Any] = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "steps_offset": 1,
}


def build(folder: Path, size: str) -> Path:
    """A model of a size of `SIZES`, its weights in 16 bits; the same numbers each time."""
    torch.manual_seed(0)
    folder.mkdir(parents=True)
    SIZES[size](folder)
    return folder


def weight_bytes(folder: Path) -> int:
    """The bytes of a model's weights on the disk."""
    return sum(file.stat().st_size for file in folder.glob("*/*.safetensors"))


def _sd15(folder: Path, widths: tuple[int, ...] = (320, 640, 1280, 1280), layers: int = 12) -> None:
    """Stable Diffusion 1.5: 860 million weights in the UNet, 123 million in the text encoder, 84 million in the VAE."""
    _write_clip(folder, "", CLIPTextModel, width=768, layers=layers, heads=12, act="quick_gelu")
    _write(folder / "unet", lambda: UNet2DConditionModel(
        sample_size=64, cross_attention_dim=768, attention_head_dim=8, block_out_channels=widths,
    ))  # fmt: skip
    _write(folder / "vae", lambda: AutoencoderKL(**_VAE))
    DDIMScheduler(**_SD_SCHEDULE, clip_sample=False, set_alpha_to_one=False).save_pretrained(folder / "scheduler")
    _write_index(folder, "StableDiffusionPipeline", {
        "scheduler": "DDIMScheduler", "text_encoder": "CLIPTextModel", "tokenizer": "CLIPTokenizer",
        "unet": "UNet2DConditionModel", "vae": "AutoencoderKL",
    })  # fmt: skip


def _small(folder: Path) -> None:
    """The same with narrow networks, to try the measurement itself."""
    _sd15(folder, widths=(64, 128, 256, 256), layers=2)


def _sdxl(folder: Path) -> None:
    """SDXL 1.0: 2.6 billion weights in the UNet."""
    _write_clip(folder, "", CLIPTextModel, width=768, layers=12, heads=12, act="quick_gelu")
    _write_clip(folder, "_2", CLIPTextModelWithProjection, width=1280, layers=32, heads=20, act="gelu")
    heads: Any = (5, 10, 20)  # diffusers' annotations know tuples of one number alone
    depths: Any = (1, 2, 10)
    _write(folder / "unet", lambda: UNet2DConditionModel(
        sample_size=128, block_out_channels=(320, 640, 1280), attention_head_dim=heads, cross_attention_dim=2048,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=depths, use_linear_projection=True, addition_embed_type="text_time",
        addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816,
    ))  # fmt: skip
    _write(folder / "vae", lambda: AutoencoderKL(**_VAE | {"sample_size": 1024, "scaling_factor": 0.13025}))
    EulerDiscreteScheduler(**_SD_SCHEDULE).save_pretrained(folder / "scheduler")
    _write_index(folder, "StableDiffusionXLPipeline", {
        "scheduler": "EulerDiscreteScheduler", "text_encoder": "CLIPTextModel", "tokenizer": "CLIPTokenizer",
        "text_encoder_2": "CLIPTextModelWithProjection", "tokenizer_2": "CLIPTokenizer",
        "unet": "UNet2DConditionModel", "vae": "AutoencoderKL",
    }, force_zeros_for_empty_prompt=True)  # fmt: skip


def _flux(folder: Path) -> None:
    """FLUX.1 dev: 12 billion weights in the transformer, 4.8 billion in T5's encoder; 34 GB on the disk."""
    _write_clip(folder, "", CLIPTextModel, width=768, layers=12, heads=12, act="quick_gelu")
    write_tiny_t5(folder / "tiny", folder / "tokenizer_2", width=8)
    config = T5Config(
        vocab_size=_T5_VOCABULARY, d_model=4096, d_kv=64, d_ff=10240, num_layers=24, num_heads=64,
        feed_forward_proj="gated-gelu", is_encoder_decoder=False, pad_token_id=0, eos_token_id=1,
    )  # fmt: skip
    _write(folder / "text_encoder_2", lambda: T5EncoderModel(config), torch.bfloat16)
    _write(folder / "transformer", lambda: FluxTransformer2DModel(guidance_embeds=True), torch.bfloat16)
    more: dict[str, Any] = {"latent_channels": 16, "scaling_factor": 0.3611, "shift_factor": 0.1159}
    more |= {"use_quant_conv": False, "use_post_quant_conv": False}
    _write(folder / "vae", lambda: AutoencoderKL(**_VAE | more))
    FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=True).save_pretrained(folder / "scheduler")
    _write_index(folder, "FluxPipeline", {
        "scheduler": "FlowMatchEulerDiscreteScheduler", "text_encoder": "CLIPTextModel", "tokenizer": "CLIPTokenizer",
        "text_encoder_2": "T5EncoderModel", "tokenizer_2": "T5TokenizerFast",
        "transformer": "FluxTransformer2DModel", "vae": "AutoencoderKL",
    })  # fmt: skip


SIZES: dict[str, Callable[[Path], None]] = {"small": _small, "sd15": _sd15, "sdxl": _sdxl, "flux": _flux}


def _write(folder: Path, make: Callable[[], Any], dtype: torch.dtype = torch.float16) -> None:
    """A part with weights of the size that keeps signals at their size: more is not asked of them."""
    with init_empty_weights():
        part = make()
    part = part.to_empty(device="cpu").to(dtype) if dtype == torch.float32 else part.to(dtype).to_empty(device="cpu")
    for weight in part.parameters():
        if weight.dim() > 1:
            torch.nn.init.normal_(weight, 0.0, weight[0].numel() ** -0.5)
        else:
            torch.nn.init.zeros_(weight)
    for module in part.modules():
        if type(module).__name__ in ("GroupNorm", "LayerNorm", "T5LayerNorm", "RMSNorm") and module.weight is not None:
            torch.nn.init.ones_(module.weight)
    part.save_pretrained(folder)


def _write_clip(folder: Path, suffix: str, kind: Any, *, width: int, layers: int, heads: int, act: str) -> None:
    tokens = write_clip_tokenizer(folder / f"tokenizer{suffix}")
    config = CLIPTextConfig(
        vocab_size=_CLIP_VOCABULARY, hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers,
        num_attention_heads=heads, max_position_embeddings=77, projection_dim=width, hidden_act=act,
        bos_token_id=tokens - 2, eos_token_id=tokens - 1, pad_token_id=tokens - 1,
    )  # fmt: skip
    _write(folder / f"text_encoder{suffix}", lambda: kind(config))


def _write_index(folder: Path, pipeline: str, parts: dict[str, str], **settings: Any) -> None:
    libraries = {name: "diffusers" if hasattr(diffusers, kind) else "transformers" for name, kind in parts.items()}
    assert all(hasattr(transformers, kind) for name, kind in parts.items() if libraries[name] == "transformers")
    index: dict[str, Any] = {"_class_name": pipeline, "_diffusers_version": diffusers.__version__, **settings}
    index |= {name: [libraries[name], kind] for name, kind in parts.items()}
    if pipeline == "StableDiffusionPipeline":
        index |= {"safety_checker": [None, None], "feature_extractor": [None, None], "requires_safety_checker": False}
    (folder / "model_index.json").write_text(json.dumps(index))
