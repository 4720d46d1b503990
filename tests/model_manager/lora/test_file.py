import json
from pathlib import Path

import pytest
import torch

from tests.model_manager.catalogue.header_files import write_safetensors
from tests.model_manager.lora.conftest import Loaded
from tests.tiny_loras import lora, made, save_lora
from webui.errors import ModelUnusable
from webui.generation.networks import Network
from webui.model_manager.lora.file import LoraFiles, peft_alphas, read_lora


def test_a_rank_of_a_million_is_refused_with_the_number_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "absurd.safetensors"
    write_safetensors(
        path, {"lora_unet_a.lora_down.weight": (1_000_000, 320), "lora_unet_a.lora_up.weight": (320, 1_000_000)}
    )
    with pytest.raises(ModelUnusable, match=r"absurd.*rank of 1,000,000"):
        read_lora(path)


def test_too_many_tensors_are_refused_with_the_number(tmp_path: Path) -> None:
    path = tmp_path / "absurd.safetensors"
    write_safetensors(path, {f"lora_unet_{i}.alpha": (1,) for i in range(50_001)})
    with pytest.raises(ModelUnusable, match="50,001 tensors; a LoRA has at most 50,000"):
        read_lora(path)


def test_another_kind_of_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="holds no LoRA: none of its 1 tensors"):
        read_lora(save_lora(tmp_path / "ti.safetensors", {"emb_params": torch.zeros(2, 8)}))


def test_forms_that_are_not_supported_are_told_in_a_sentence(loaded: Loaded) -> None:
    name = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q"
    loaded.save("turned", {f"{name}.oft_blocks": torch.zeros(4, 2, 2), f"{name}.alpha": torch.tensor(1.0)})
    with pytest.raises(ModelUnusable, match="its form, OFT or GLoRA, is not supported"):
        loaded.networks.apply([Network("lora", "turned")])


def test_files_are_kept_until_they_change(loaded: Loaded) -> None:
    path = loaded.save("ink", made(loaded.parts, lora, only="attn1_to_q"))
    files = LoraFiles()
    first = files.read(path)
    assert files.read(path) is first
    loaded.save("ink", made(loaded.parts, lora, only="attn1_to_q"), note="new")
    assert files.read(path) is not first
    path.unlink()
    with pytest.raises(ModelUnusable, match="cannot be read"):
        files.read(path)


def test_pefts_alphas_are_read_from_what_diffusers_writes() -> None:
    told = {"unet.r": 4, "unet.lora_alpha": 8, "unet.alpha_pattern": {"conv_in": 2}, "unet.target_modules": ["a"]}
    assert peft_alphas({"lora_adapter_metadata": json.dumps(told)}) == {"unet": 8.0, "unet.conv_in": 2.0}
    assert peft_alphas({"lora_adapter_metadata": "no json"}) == peft_alphas({"lora_adapter_metadata": "[1]"}) == {}
