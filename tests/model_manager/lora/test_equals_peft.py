"""The same LoRA by us, by peft's own layers and by diffusers' pipelines."""

import copy
from typing import Any

import pytest
import torch
from peft import IA3Config, LoHaConfig, LoKrConfig, LoraConfig, get_peft_model_state_dict, inject_adapter_in_model
from torch import nn

from tests.model_manager.lora.conftest import Loaded, same
from tests.tiny_loras import Tensors, lora, made
from webui.generation.networks import Network

_LINEAR = ["to_q", "to_k", "to_v", "to_out.0", "ff.net.2"]
_WITH_CONVOLUTIONS = [*_LINEAR, "conv1", "conv2", "conv_shortcut"]
CONFIGS: dict[str, Any] = {
    "LoRA": LoraConfig(r=3, lora_alpha=6, target_modules=_WITH_CONVOLUTIONS, init_lora_weights=False),
    "rsLoRA of several ranks": LoraConfig(
        r=3, lora_alpha=3, target_modules=_LINEAR, rank_pattern={"to_q": 2}, alpha_pattern={"to_q": 2},
        init_lora_weights=False,
    ),
    "DoRA": LoraConfig(r=3, lora_alpha=3, target_modules=_WITH_CONVOLUTIONS, use_dora=True, init_lora_weights=False),
    "LoHa": LoHaConfig(r=3, alpha=3, target_modules=_WITH_CONVOLUTIONS, init_weights=False),
    "LoHa with cores": LoHaConfig(
        r=3, alpha=3, target_modules=_WITH_CONVOLUTIONS, use_effective_conv2d=True, init_weights=False
    ),
    "LoKr": LoKrConfig(r=3, alpha=3, target_modules=_WITH_CONVOLUTIONS, init_weights=False),
    "LoKr of four factors": LoKrConfig(
        r=3, alpha=3, target_modules=_WITH_CONVOLUTIONS, decompose_both=True, use_effective_conv2d=True,
        init_weights=False,
    ),
    "IA3": IA3Config(target_modules=["to_k", "to_v", "ff.net.2"], feedforward_modules=["ff.net.2"],
                     init_ia3_weights=False),
}  # fmt: skip


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_file_of_pefts_does_what_pefts_layers_do(loaded: Loaded, kind: str) -> None:
    torch.manual_seed(1)
    theirs: Any = inject_adapter_in_model(CONFIGS[kind], copy.deepcopy(loaded.parts["unet"]))
    for name, parameter in theirs.named_parameters():
        if any(each in name for each in ("lora_", "hada_", "lokr_")) and "magnitude" not in name:
            parameter.data = torch.randn_like(parameter) * 0.3
        elif "ia3_l" in name or "magnitude" in name:
            parameter.data = parameter.data * (1 + torch.rand_like(parameter) * 0.5)
    state: Tensors = {f"unet.{name}": each for name, each in get_peft_model_state_dict(theirs).items()}
    loaded.save("theirs", {name: each.detach() for name, each in state.items()}, **_alphas(kind))
    notes = loaded.networks.apply([Network("lora", "theirs")])
    assert notes == [f"LoRA 'theirs': {len(state)} of {len(state)} keys matched."]
    ours = loaded.said()
    loaded.networks.clear()
    assert same(ours[:1], _said(theirs))
    assert not same(ours[:1], loaded.plain[:1])


def _said(unet: nn.Module) -> tuple[torch.Tensor]:
    draw = torch.Generator().manual_seed(3)
    latents, texts = torch.randn(2, 4, 8, 8, generator=draw), torch.randn(2, 77, 32, generator=draw)
    with torch.inference_mode():
        return (unet(latents, 7, encoder_hidden_states=texts, return_dict=False)[0],)


def _alphas(kind: str) -> dict[str, str]:
    """What diffusers writes beside the tensors where alpha is not the rank."""
    return {"lora_adapter_metadata": '{"unet.lora_alpha": 6, "unet.r": 3}'} if kind == "LoRA" else {}


def test_two_loras_are_what_diffusers_makes_of_them(loaded: Loaded) -> None:
    loaded.save("one", made(loaded.parts, lora, only="attn"))
    loaded.save("two", made(loaded.parts, lora, seed=5, only="attn"))
    ours = loaded.with_loras(Network("lora", "one", 0.8, 0.8), Network("lora", "two", -0.3, -0.3))
    for name in ("one", "two"):
        loaded.pipeline.load_lora_weights(loaded.path(name), adapter_name=name)
    loaded.pipeline.set_adapters(["one", "two"], [0.8, -0.3])
    assert same(ours, loaded.said())
    assert not same(ours, loaded.plain)


def test_a_file_that_diffusers_saved_is_read_as_diffusers_reads_it(loaded: Loaded) -> None:
    loaded.save("one", made(loaded.parts, lora, only="attn"))
    ours = loaded.with_loras(Network("lora", "one"))
    loaded.pipeline.load_lora_weights(loaded.path("one"))
    unet, text = (get_peft_model_state_dict(part, adapter_name="default_0") for part in loaded.parts.values())
    path = loaded.path("one")
    assert path is not None
    metadata = {
        f"{name}_lora_adapter_metadata": part.peft_config["default_0"].to_dict() for name, part in loaded.parts.items()
    }
    loaded.pipeline.save_lora_weights(
        path.parent, unet_lora_layers=unet, text_encoder_lora_layers=text, weight_name="theirs.safetensors", **metadata
    )
    loaded.pipeline.unload_lora_weights()
    assert same(loaded.with_loras(Network("lora", "theirs")), ours)
