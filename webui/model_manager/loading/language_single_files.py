"""What single files of FLUX.2, Z-Image and Qwen-Image, which read prompts with language models, are made of. Torch.

Sizes are those of the published models; those of a network are read from its own tensors. Of a language model only what
reads texts is loaded, and of FLUX.2's only the layers up to the last one that the network is told: ComfyUI's file of
Mistral ends there. What that layer says is taken as it is, without the norm behind the last layer of a whole model.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from diffusers.loaders import single_file_utils as ldm

from webui.model_manager.loading.promised_tensors import PromisedTensor
from webui.model_manager.loading.single_part import SinglePart, as_it_is, count_of
from webui.model_manager.loading.weight_files import Promises

FLUX_2_HEAD = 128
"""The width of an attention head of every FLUX.2."""
KLEIN_LAYERS = 27
"""The last layer of Qwen3 that FLUX.2 klein is told."""
_NETWORK = ("model.diffusion_model.",)
_NORM = "norm.weight"
_BATCHES = "bn.num_batches_tracked"
_NESTED = {"encoder.quant_conv.": "quant_conv.", "decoder.post_quant_conv.": "post_quant_conv."}


def _flux_2_version(tensors: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    """Of FLUX.2 in its authors' names, or in diffusers'."""
    own = "img_in.weight" in tensors
    pictures, texts = ("img_in.weight", "txt_in.weight") if own else ("x_embedder.weight", "context_embedder.weight")
    return {
        "in_channels": tensors[pictures].shape[1],
        "num_layers": count_of(tensors, "double_blocks" if own else "transformer_blocks"),
        "num_single_layers": count_of(tensors, "single_blocks" if own else "single_transformer_blocks"),
        "num_attention_heads": tensors[pictures].shape[0] // FLUX_2_HEAD,
        "joint_attention_dim": tensors[texts].shape[1],
        "guidance_embeds": any("guidance_in." in name or ".guidance_embedder." in name for name in tensors),
    }


def _flux_2(promises: Promises, module: Any) -> Promises:
    return ldm.convert_flux2_transformer_checkpoint_to_diffusers(dict(promises))


def _flux_2_decoder(tensors: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    """There is a VAE with a smaller decoder beside the usual one."""
    widest = tensors["decoder.conv_in.weight"].shape[0]
    encoded = tensors["encoder.conv_out.weight"].shape[1]
    if widest == encoded:
        return {}
    return {"decoder_block_out_channels": [widest // 4, widest // 2, widest, widest]}


def _flux_2_vae(promises: Promises, module: Any) -> Promises:
    batches = torch.empty((), dtype=torch.int64, device="meta")
    whole: Promises = {_BATCHES: PromisedTensor.of(batches, lambda: torch.tensor(0))}
    for name, promise in promises.items():
        nested = next((each for each in _NESTED if name.startswith(each)), None)
        whole[name if nested is None else _NESTED[nested] + name.removeprefix(nested)] = promise
    norm = {name: promise for name, promise in whole.items() if name.startswith("bn.")}
    if any(name.startswith("decoder.up_blocks.") for name in whole):
        return whole
    return ldm.convert_ldm_vae_checkpoint(whole, module.config) | norm


def _z_image_version(tensors: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    return {"n_layers": count_of(tensors, "layers"), "n_refiner_layers": count_of(tensors, "noise_refiner")}


def _z_image(promises: Promises, module: Any) -> Promises:
    return ldm.convert_z_image_transformer_checkpoint_to_diffusers(dict(promises))


def _qwen_image_version(tensors: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    return {"num_layers": count_of(tensors, "transformer_blocks")}


def _film_vae(promises: Promises, module: Any) -> Promises:
    return ldm.convert_wan_vae_to_diffusers(dict(promises))


def _cut_short(promises: Promises, module: Any) -> Promises:
    """A language model whose last layer's states are read before its norm, which the file may lack."""
    norm = torch.empty(module.config.hidden_size, device="meta")
    return {_NORM: PromisedTensor.of(norm, lambda: torch.ones(norm.shape))} | promises


def _qwen_3(size: str, width: int, inner: int) -> SinglePart:
    return SinglePart(
        class_name="Qwen3Model", configuration=f"text_encoders/qwen_3_{size}",
        prefixes=(f"text_encoders.qwen3_{size}.transformer.model.",), alone=("model.",), convert=as_it_is,
        called=f"the text encoder Qwen3 {size.upper()} (qwen_3_{size}.safetensors)",
        known_by={"layers.35.mlp.down_proj.weight": (width, inner), "layers.0.self_attn.q_norm.weight": (128,)},
    )  # fmt: skip


def _read_by_klein(part: SinglePart) -> SinglePart:
    shorter = {"num_hidden_layers": KLEIN_LAYERS, "tie_last_hidden_states": False}
    return replace(part, convert=_cut_short, adapt=lambda tensors: shorter, reads_both=True)


QWEN_3_4B = _qwen_3("4b", 2560, 9728)
KLEIN_QWEN_3_4B = _read_by_klein(QWEN_3_4B)
KLEIN_QWEN_3_8B = _read_by_klein(_qwen_3("8b", 4096, 12288))
MISTRAL_3_SMALL = SinglePart(
    class_name="MistralModel", configuration="text_encoders/mistral_3_small",
    prefixes=("text_encoders.mistral3_24b.transformer.model.",),
    alone=("language_model.model.", "model.language_model.", "model."), convert=_cut_short,
    called="the text encoder Mistral Small 3 (mistral_3_small_flux2_bf16.safetensors)",
    known_by={"layers.29.mlp.down_proj.weight": (5120, 32768)},
)  # fmt: skip
QWEN_2_5_VL_7B = SinglePart(
    class_name="Qwen2_5_VLTextModel", configuration="text_encoders/qwen_2_5_vl_7b",
    prefixes=("text_encoders.qwen25_7b.transformer.model.",), alone=("model.language_model.", "model."),
    convert=as_it_is, called="the text encoder Qwen2.5-VL 7B (qwen_2.5_vl_7b.safetensors)",
    known_by={"layers.27.mlp.down_proj.weight": (3584, 18944), "layers.0.self_attn.q_proj.bias": (3584,)},
)  # fmt: skip
FLUX_2_VAE = SinglePart(
    class_name="AutoencoderKLFlux2", configuration="autoencoders/flux_2", prefixes=("first_stage_model.", "vae."),
    convert=_flux_2_vae, adapt=_flux_2_decoder, reads_both=True, called="the VAE (flux2-vae.safetensors)",
    known_by={"decoder.conv_in.weight": (-1, 32, 3, 3), "bn.running_mean": (128,)},
)  # fmt: skip
QWEN_IMAGE_VAE = SinglePart(
    class_name="AutoencoderKLQwenImage", configuration="autoencoders/qwen_image",
    prefixes=("first_stage_model.", "vae."), convert=_film_vae, called="the VAE (qwen_image_vae.safetensors)",
    known_by={"decoder.conv1.weight": (384, 16, 3, 3, 3)},
)  # fmt: skip
FLUX_2_NETWORK = SinglePart(
    class_name="Flux2Transformer2DModel", configuration="flux-2/transformer", prefixes=_NETWORK, convert=_flux_2,
    adapt=_flux_2_version, reads_both=True,
)  # fmt: skip
Z_IMAGE_NETWORK = SinglePart(
    class_name="ZImageTransformer2DModel", configuration="z-image/transformer", prefixes=_NETWORK, convert=_z_image,
    adapt=_z_image_version, reads_both=True,
)  # fmt: skip
QWEN_IMAGE_NETWORK = SinglePart(
    class_name="QwenImageTransformer2DModel", configuration="qwen-image/transformer", prefixes=_NETWORK,
    convert=as_it_is, adapt=_qwen_image_version, reads_both=True,
)  # fmt: skip
