"""What checkpoints in one file are made of: for each architecture its parts, where they are in a file, and their sizes.

Sizes stand in the folder `configurations`; what differs between versions of an architecture is read from the shapes of
the file's own tensors. diffusers' functions bring the tensors into its layout. Torch.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from diffusers.loaders import single_file_utils as ldm

from webui.model_manager.loading.language_single_files import (
    FLUX_2_NETWORK,
    FLUX_2_VAE,
    KLEIN_QWEN_3_4B,
    KLEIN_QWEN_3_8B,
    MISTRAL_3_SMALL,
    QWEN_2_5_VL_7B,
    QWEN_3_4B,
    QWEN_IMAGE_NETWORK,
    QWEN_IMAGE_VAE,
    Z_IMAGE_NETWORK,
)
from webui.model_manager.loading.promised_tensors import PromisedTensor
from webui.model_manager.loading.single_part import Adapt, Convert, SinglePart, as_it_is, count_of
from webui.model_manager.loading.weight_files import Promises

CONFIGURATIONS = Path(__file__).parent / "configurations"


def _unet(promises: Promises, module: Any) -> Promises:
    whole = {f"{ldm.LDM_UNET_KEY}{name}": promise for name, promise in promises.items()}
    return ldm.convert_ldm_unet_checkpoint(whole, module.config)


def _vae(promises: Promises, module: Any) -> Promises:
    return ldm.convert_ldm_vae_checkpoint(dict(promises), module.config)


def _open_clip(promises: Promises, module: Any) -> Promises:
    layers = module.config.num_hidden_layers
    known = {name: promise for name, promise in promises.items() if f"resblocks.{layers}." not in name}
    converted = ldm.convert_open_clip_checkpoint(module, known, prefix="")
    return converted if hasattr(module, "text_projection") else _without_projection(converted)


def _without_projection(promises: Promises) -> Promises:
    return {name: promise for name, promise in promises.items() if name != "text_projection.weight"}


def _clip_of_sd3(promises: Promises, module: Any) -> Promises:
    """The smaller of SD3's CLIP encoders gives its last state as it is, so its projection changes nothing."""
    width = module.config.hidden_size
    empty = torch.empty(width, width, device="meta")
    return promises | {"text_projection.weight": PromisedTensor.of(empty, lambda: torch.eye(width))}


def _transformer(convert: Callable[..., Any]) -> Convert:
    return lambda promises, module: convert(dict(promises))


def _input_channels(tensors: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    return {"in_channels": tensors["input_blocks.0.0.weight"].shape[1]}


def _sd3_version(tensors: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    layers = count_of(tensors, "joint_blocks")
    positions = tensors["pos_embed"].shape[1]
    width = tensors["x_embedder.proj.weight"].shape[0]
    return {
        "num_layers": layers,
        "num_attention_heads": width // SD3_HEAD,
        "caption_projection_dim": tensors["context_embedder.weight"].shape[0],
        "joint_attention_dim": tensors["context_embedder.weight"].shape[1],
        "pooled_projection_dim": tensors["y_embedder.mlp.0.weight"].shape[1],
        "pos_embed_max_size": round(positions**0.5),
        "qk_norm": "rms_norm" if "joint_blocks.0.x_block.attn.ln_q.weight" in tensors else None,
        "dual_attention_layers": ldm.get_attn2_layers(tensors),
    }


def _flux_version(tensors: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    return {
        "in_channels": tensors["img_in.weight"].shape[1],
        "out_channels": tensors["final_layer.linear.weight"].shape[0],
        "num_layers": count_of(tensors, "double_blocks"),
        "num_single_layers": count_of(tensors, "single_blocks"),
        "guidance_embeds": "guidance_in.in_layer.weight" in tensors,
    }


def _chroma_version(tensors: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    return {
        "num_layers": count_of(tensors, "double_blocks"),
        "num_single_layers": count_of(tensors, "single_blocks"),
    }


SD3_HEAD = 64
"""The width of an attention head of every Stable Diffusion 3."""
_UNET = ("model.diffusion_model.",)
_VAE = ("first_stage_model.", "vae.")
_POSITIONS = "text_model.embeddings.position_embedding.weight"
_LATENTS_IN = "decoder.conv_in.weight"


def _clip_l(class_name: str, prefixes: tuple[str, ...], convert: Convert = as_it_is) -> SinglePart:
    return SinglePart(
        class_name=class_name, configuration="text_encoders/clip_l", prefixes=prefixes, convert=convert,
        called="the text encoder CLIP-L (clip_l.safetensors)", known_by={_POSITIONS: (77, 768)},
    )  # fmt: skip


def _t5(prefixes: tuple[str, ...]) -> SinglePart:
    return SinglePart(
        class_name="T5EncoderModel", configuration="text_encoders/t5_xxl", prefixes=prefixes, convert=as_it_is,
        called="the text encoder T5-XXL (t5xxl_fp16.safetensors)",
        known_by={"encoder.block.23.layer.1.DenseReluDense.wo.weight": (4096, 10240)},
    )  # fmt: skip


def autoencoder(configuration: str, called: str, channels: int) -> SinglePart:
    """The VAE of latents with so many channels."""
    return SinglePart(
        class_name="AutoencoderKL", configuration=f"autoencoders/{configuration}", prefixes=_VAE, convert=_vae,
        called=f"the VAE ({called})", known_by={_LATENTS_IN: (-1, channels, 3, 3)},
    )  # fmt: skip


def _network(configuration: str, class_name: str, convert: Convert, adapt: Adapt) -> SinglePart:
    return SinglePart(class_name=class_name, configuration=configuration, prefixes=_UNET, convert=convert, adapt=adapt)


_SD_VAE = autoencoder("sd", "vae-ft-mse-840000-ema-pruned.safetensors", 4)
_SDXL_VAE = autoencoder("sdxl", "sdxl_vae.safetensors", 4)


def _open_clip_part(class_name: str, configuration: str, prefix: str) -> SinglePart:
    return SinglePart(
        class_name=class_name, configuration=f"text_encoders/{configuration}", prefixes=(prefix,), convert=_open_clip,
        called="its text encoder",
    )  # fmt: skip


SINGLE_PARTS: Mapping[str, Mapping[str, SinglePart]] = {
    "sd1": {
        "text_encoder": _clip_l("CLIPTextModel", ("cond_stage_model.transformer.",)),
        "vae": _SD_VAE,
        "unet": _network("sd1/unet", "UNet2DConditionModel", _unet, _input_channels),
    },
    "sd2": {
        "text_encoder": _open_clip_part("CLIPTextModel", "clip_h", "cond_stage_model.model."),
        "vae": _SD_VAE,
        "unet": _network("sd2/unet", "UNet2DConditionModel", _unet, _input_channels),
    },
    "sdxl": {
        "text_encoder": _clip_l("CLIPTextModel", ("conditioner.embedders.0.transformer.",)),
        "text_encoder_2": _open_clip_part("CLIPTextModelWithProjection", "clip_g", "conditioner.embedders.1.model."),
        "vae": _SDXL_VAE,
        "unet": _network("sdxl/unet", "UNet2DConditionModel", _unet, _input_channels),
    },
    "sdxl-refiner": {
        "text_encoder_2": _open_clip_part("CLIPTextModelWithProjection", "clip_g", "conditioner.embedders.0.model."),
        "vae": _SDXL_VAE,
        "unet": _network("sdxl-refiner/unet", "UNet2DConditionModel", _unet, _input_channels),
    },
    "sd3": {
        "text_encoder": _clip_l("CLIPTextModelWithProjection", ("text_encoders.clip_l.transformer.",), _clip_of_sd3),
        "text_encoder_2": SinglePart(
            class_name="CLIPTextModelWithProjection", configuration="text_encoders/clip_g",
            prefixes=("text_encoders.clip_g.transformer.",), convert=as_it_is,
            called="the text encoder CLIP-G (clip_g.safetensors)", known_by={_POSITIONS: (77, 1280)},
        ),
        "text_encoder_3": _t5(("text_encoders.t5xxl.transformer.",)),
        "vae": autoencoder("sd3", "sd3_vae.safetensors", 16),
        "transformer": _network(
            "sd3/transformer", "SD3Transformer2DModel",
            _transformer(ldm.convert_sd3_transformer_checkpoint_to_diffusers), _sd3_version,
        ),
    },
    "flux": {
        "text_encoder": _clip_l("CLIPTextModel", ("text_encoders.clip_l.transformer.",)),
        "text_encoder_2": _t5(("text_encoders.t5xxl.transformer.",)),
        "vae": autoencoder("flux", "ae.safetensors", 16),
        "transformer": _network(
            "flux/transformer", "FluxTransformer2DModel",
            _transformer(ldm.convert_flux_transformer_checkpoint_to_diffusers), _flux_version,
        ),
    },
    "chroma": {
        "text_encoder": _t5(("text_encoders.t5xxl.transformer.",)),
        "vae": autoencoder("flux", "ae.safetensors", 16),
        "transformer": _network(
            "chroma/transformer", "ChromaTransformer2DModel",
            _transformer(ldm.convert_chroma_transformer_checkpoint_to_diffusers), _chroma_version,
        ),
    },
    "flux-2": {"text_encoder": MISTRAL_3_SMALL, "vae": FLUX_2_VAE, "transformer": FLUX_2_NETWORK},
    "flux-2-klein-4b": {"text_encoder": KLEIN_QWEN_3_4B, "vae": FLUX_2_VAE, "transformer": FLUX_2_NETWORK},
    "flux-2-klein-9b": {"text_encoder": KLEIN_QWEN_3_8B, "vae": FLUX_2_VAE, "transformer": FLUX_2_NETWORK},
    "z-image": {
        "text_encoder": QWEN_3_4B, "vae": autoencoder("flux", "ae.safetensors", 16), "transformer": Z_IMAGE_NETWORK,
    },
    "qwen-image": {"text_encoder": QWEN_2_5_VL_7B, "vae": QWEN_IMAGE_VAE, "transformer": QWEN_IMAGE_NETWORK},
}  # fmt: skip
"""For each architecture of `webui.model_manager.loading.family_loaders.SINGLE_FILES` its parts, by diffusers' names; of
one that reads prompts in several ways, for each of them (`variant_of`)."""

_FLUX_2_READS = {7680: "flux-2-klein-4b", 12288: "flux-2-klein-9b"}
"""FLUX.2 by the width of what its text encoder tells: three layers of Qwen3; anything else is dev's, of Mistral."""


def variant_of(architecture: str, shapes: Mapping[str, Sequence[int]]) -> str:
    """The row of the tables here for a file with tensors of these shapes."""
    if architecture != "flux-2":
        return architecture
    names = (prefix + name for prefix in ("", *_UNET) for name in ("txt_in.weight", "context_embedder.weight"))
    texts = next((shapes[name] for name in names if name in shapes), ())
    return _FLUX_2_READS.get(texts[-1], architecture) if texts else architecture


TOKENIZERS: Mapping[str, Sequence[tuple[str, str]]] = {
    "sd1": (("tokenizer", "clip"),),
    "sd2": (("tokenizer", "open_clip"),),
    "sdxl": (("tokenizer", "clip"), ("tokenizer_2", "open_clip")),
    "sdxl-refiner": (("tokenizer_2", "open_clip"),),
    "sd3": (("tokenizer", "clip"), ("tokenizer_2", "open_clip"), ("tokenizer_3", "t5")),
    "flux": (("tokenizer", "clip"), ("tokenizer_2", "t5")),
    "chroma": (("tokenizer", "t5"),),
    "flux-2": (("tokenizer", "mistral"),),
    "flux-2-klein-4b": (("tokenizer", "qwen3"),),
    "flux-2-klein-9b": (("tokenizer", "qwen3"),),
    "z-image": (("tokenizer", "qwen3"),),
    "qwen-image": (("tokenizer", "qwen"),),
}
"""The tokenizers of each architecture, and their kinds."""

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "sdxl": {"force_zeros_for_empty_prompt": True},
    "sdxl-refiner": {"requires_aesthetics_score": True, "force_zeros_for_empty_prompt": False},
}
"""The pipelines' own entries that the families read."""


def configuration(name: str) -> dict[str, Any]:
    """One of the configurations that ship with the package."""
    return json.loads((CONFIGURATIONS / f"{name}.json").read_text(encoding="utf-8"))
