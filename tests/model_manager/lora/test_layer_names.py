"""Names of layers in files, against the real sizes of models and diffusers' own converters; no weights."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import UNet2DConditionModel
from diffusers.loaders import FluxLoraLoaderMixin, StableDiffusionXLLoraLoaderMixin
from torch import nn

from tests.tiny_loras import RANK, Tensors, changeable, save_lora
from webui.model_manager.loading.part_loading import empty_part
from webui.model_manager.loading.single_files import SINGLE_PARTS, configuration
from webui.model_manager.lora.file import read_lora
from webui.model_manager.lora.fitting import fit
from webui.model_manager.lora.keys import split_key
from webui.model_manager.lora.layer_names import LayerNames
from webui.model_manager.lora.transformer_names import original_layers
from webui.model_manager.lora.unet_names import original_name


@cache
def part(architecture: str, name: str) -> Any:
    single = SINGLE_PARTS[architecture][name]
    config = configuration(single.configuration)
    # Three blocks of each kind tell as much as all of them.
    fewer = {each: 3 for each in ("num_layers", "num_single_layers") if each in config and name == "transformer"}
    return empty_part(single.class_name, config | fewer)


def hollow_lora(prefix: str, layer: str, outputs: int, inputs: int) -> Tensors:
    name = prefix + layer.replace(".", "_")
    return {
        f"{name}.lora_down.weight": torch.zeros(RANK, inputs),
        f"{name}.lora_up.weight": torch.zeros(outputs, RANK),
        f"{name}.alpha": torch.tensor(1.0),
    }


@pytest.mark.parametrize("architecture", ["sd1", "sdxl"])
def test_every_layer_of_a_unet_is_found_by_kohyas_name_and_by_the_original_one(architecture: str) -> None:
    unet = part(architecture, "unet")
    names = LayerNames({"unet": unet})
    attention = frozenset(i for i, block in enumerate(unet.up_blocks) if hasattr(block, "attentions"))
    for name, layer in changeable(unet):
        original = original_name(name, layers_per_block=[2] * len(unet.down_blocks), attention_in_up_block=attention)
        assert original is not None, name
        for written in (name, original):
            for prefix in ("lora_unet_", "diffusion_model.", "unet.", ""):
                given = prefix + (written.replace(".", "_") if prefix.endswith("_") else written)
                assert [found.layer for found in names.find(given)] == [layer], given


def test_original_names_of_sdxl_are_those_that_diffusers_converts() -> None:
    unet = part("sdxl", "unet")
    attention = frozenset(i for i, block in enumerate(unet.up_blocks) if hasattr(block, "attentions"))
    state: Tensors = {}
    expected = set()
    for name, layer in changeable(unet):
        original = original_name(name, layers_per_block=[2] * len(unet.down_blocks), attention_in_up_block=attention)
        if isinstance(layer, nn.Linear) and original is not None and "blocks" in name:
            state |= hollow_lora("lora_unet_", original, layer.out_features, layer.in_features)
            expected.add(name)
    converted, _ = StableDiffusionXLLoraLoaderMixin.lora_state_dict(state, unet_config=unet.config)
    names = LayerNames({"unet": unet})
    layers = {split[0] for key in converted if (split := split_key(key)) is not None}
    assert {target.name for layer in layers for target in names.find(layer)} == expected


def test_blocks_of_uneven_depth_are_numbered_one_after_the_other() -> None:
    unet = UNet2DConditionModel(
        sample_size=8, in_channels=4, out_channels=4, layers_per_block=(2, 3, 1), block_out_channels=(8, 8, 16),
        down_block_types=("DownBlock2D", "DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        cross_attention_dim=8, attention_head_dim=2, norm_num_groups=4,
    )  # fmt: skip
    names = LayerNames({"unet": unet})
    for original, ours in {
        "input_blocks.2.0.in_layers.2": "down_blocks.0.resnets.1.conv1",
        "input_blocks.3.0.op": "down_blocks.0.downsamplers.0.conv",
        "input_blocks.6.0.in_layers.2": "down_blocks.1.resnets.2.conv1",
        "input_blocks.8.0.in_layers.2": "down_blocks.2.resnets.0.conv1",
        "output_blocks.1.2.conv": "up_blocks.0.upsamplers.0.conv",
        "output_blocks.5.1.conv": "up_blocks.1.upsamplers.0.conv",
        "output_blocks.8.0.in_layers.2": "up_blocks.2.resnets.2.conv1",
    }.items():
        assert [target.name for target in names.find("lora_unet_" + original.replace(".", "_"))] == [ours]


@pytest.mark.parametrize("architecture", ["flux", "sd3"])
def test_every_layer_of_an_original_transformer_is_one_or_several_here(architecture: str) -> None:
    transformer = part(architecture, "transformer")
    layers = dict(changeable(transformer))
    names = LayerNames({"transformer": transformer})
    originals = original_layers(layers)
    in_blocks = {name for name in layers if name.split(".")[0].endswith("blocks") and "to_add_out" not in name}
    covered = {name for ours in originals.values() for name in ours}
    assert in_blocks <= covered
    for original, ours in originals.items():
        found = names.find(f"lora_unet_{original.replace('.', '_')}")
        assert [target.name for target in found] == list(ours)
        ends = [0, *(target.rows[0][1] for target in found if target.rows)]
        assert all(target.rows == ((start, end),) for target, start, end in zip(found, ends, ends[1:], strict=False))
        if len(found) > 1:
            assert ends[-1] == sum(layers[name].out_features for name in ours)


def test_original_layers_of_flux_are_those_that_diffusers_converts() -> None:
    transformer = part("flux", "transformer")
    layers = dict(changeable(transformer))
    state: Tensors = {}
    expected = set()
    for original, ours in original_layers(layers).items():
        if original.startswith(("double_blocks.0.", "single_blocks.0.")):
            outputs = sum(layers[name].out_features for name in ours)
            state |= hollow_lora("lora_unet_", original, outputs, layers[ours[0]].in_features)
            expected |= {f"transformer.{name}" for name in ours}
    converted, _ = FluxLoraLoaderMixin.lora_state_dict(state, return_alphas=True)
    found = {split[0] for key in converted if (split := split_key(key)) is not None and split[1] == "up"}
    assert found == expected


def test_names_that_only_diffusers_converters_know_are_converted(tmp_path: Path) -> None:
    transformer = part("flux", "transformer")
    state = {
        f"double_blocks.{i}.processor.{layer}_lora{which}.{side}.weight": torch.zeros(shape)
        for i in range(2)
        for layer, outputs in (("qkv", 9216), ("proj", 3072))
        for which in (1, 2)
        for side, shape in (("down", (RANK, 3072)), ("up", (outputs, RANK)))
    }
    names = LayerNames({"transformer": transformer})
    fitted = fit(
        read_lora(save_lora(tmp_path / "xlabs.safetensors", state)), names, name="xlabs", model="FLUX", hint=""
    )
    assert fitted.matched == fitted.keys
    found = {adapter.target.name.removeprefix("transformer_blocks.") for adapter in fitted.adapters}
    layers = ("to_q", "to_k", "to_v", "to_out.0", "add_q_proj", "add_k_proj", "add_v_proj", "to_add_out")
    assert found == {f"{i}.attn.{layer}" for i in range(2) for layer in layers}


def test_text_encoders_are_found_by_every_trainers_names() -> None:
    parts = {name: part("sdxl", name) for name in ("text_encoder", "text_encoder_2")}
    names = LayerNames(parts)
    inside = "text_model.encoder.layers.3.self_attn.q_proj"
    flat = inside.replace(".", "_")
    for written, place in {
        f"lora_te1_{flat}": "text_encoder", f"lora_te_{flat}": "text_encoder", f"lora_te2_{flat}": "text_encoder_2",
        f"text_encoder.{inside}": "text_encoder", f"text_encoder_2.{inside}": "text_encoder_2",
        f"text_encoders.clip_g.transformer.{inside}": "text_encoder_2",
    }.items():  # fmt: skip
        assert [found.part for found in names.find(written)] == [place], written
    assert names.find(f"lora_te3_{flat}") == []


def test_the_second_text_encoder_of_flux_is_t5_whatever_its_number() -> None:
    names = LayerNames({name: part("flux", name) for name in ("text_encoder", "text_encoder_2")})
    flat = "encoder_block_0_layer_0_SelfAttention_q"
    assert [found.part for number in (2, 3) for found in names.find(f"lora_te{number}_{flat}")] == [
        "text_encoder_2"
    ] * 2


@pytest.mark.parametrize(
    ("key", "split"),
    [
        ("lora_unet_a_b.lora_down.weight", ("lora_unet_a_b", "down")),
        ("unet.a.b.lora.up.weight", ("unet.a.b", "up")),
        ("unet.a.attn1.processor.to_q_lora.down.weight", ("unet.a.attn1.processor.to_q", "down")),
        ("text_encoder.a.q_proj.lora_linear_layer.up.weight", ("text_encoder.a.q_proj", "up")),
        ("base_model.model.a.b.lora_A.default.weight", ("base_model.model.a.b", "down")),
        ("transformer.a.lora_B.weight", ("transformer.a", "up")),
        ("transformer.a.lora_B.bias", ("transformer.a", "bias")),
        ("a.lora_magnitude_vector", ("a", "lengths")),
        ("a.dora_scale", ("a", "magnitude")),
        ("a.hada_w1_b", ("a", "hada w1_b")),
        ("a.lokr_t2", ("a", "lokr t2")),
        ("a.ia3_l", ("a", "factor")),
        ("a.alpha", ("a", "alpha")),
        ("a.diff", ("a", "diff")),
        ("a.oft_blocks", ("a", "unknown")),
        ("emb_params", None),
    ],
)
def test_a_key_is_a_layer_and_a_field(key: str, split: tuple[str, str] | None) -> None:
    assert split_key(key) == split
