import json
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate import init_empty_weights
from diffusers import UNet2DConditionModel

from webui.model_manager.calibration import best_time, chunks_are_quicker, hollow, time_candidates
from webui.model_manager.precision import Precision

CPU = torch.device("cpu")
BOTH = (Precision(torch.float32, channels_last=True), Precision(torch.bfloat16))


@pytest.fixture
def config(tiny_models_dir: Path) -> dict[str, Any]:
    return json.loads((tiny_models_dir / "checkpoints" / "tiny" / "unet" / "config.json").read_text())


def test_a_hollow_network_has_all_its_weights_in_one_buffer_of_the_largest(config: dict[str, Any]) -> None:
    with init_empty_weights():
        network = UNet2DConditionModel.from_config(config)
    hollow(network, Precision(torch.bfloat16, channels_last=True), CPU)
    weights = list(network.parameters())
    assert len({weight.untyped_storage().data_ptr() for weight in weights}) == 1
    assert weights[0].untyped_storage().nbytes() == 2 * max(weight.numel() for weight in weights)
    assert network.conv_in.weight.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"in_channels": 9},
        {"addition_embed_type": "text_time", "addition_time_embed_dim": 8, "projection_class_embeddings_input_dim": 80},
    ],
)
def test_every_kind_of_unet_is_timed_without_its_weights(config: dict[str, Any], more: dict[str, Any]) -> None:
    seconds = time_candidates(BOTH, config=config | more, device=CPU)
    assert set(seconds) == set(BOTH)
    assert min(seconds.values()) > 0


def test_transformers_are_timed_by_a_layer_of_their_width() -> None:
    config = {"_class_name": "FluxTransformer2DModel", "num_attention_heads": 2, "attention_head_dim": 16}
    assert set(time_candidates(BOTH, config=config, device=CPU)) == set(BOTH)


def test_the_best_time_leaves_the_warm_up_out() -> None:
    calls: list[int] = []
    best_time(lambda: calls.append(1), CPU)
    assert 2 <= len(calls) <= 6


def test_chunked_attention_is_for_bfloat16_alone() -> None:
    assert not chunks_are_quicker(Precision(torch.float32), CPU)
    assert isinstance(chunks_are_quicker(Precision(torch.bfloat16), CPU), bool)
