from typing import Any

import pytest
import torch
from diffusers import UNet2DConditionModel

from webui.diffusion.attention_maps import AttentionMaps, recorded_attention
from webui.errors import ViewUnavailable

TOKENS = 7


@pytest.fixture(scope="module")
def unet() -> UNet2DConditionModel:
    torch.manual_seed(0)
    return UNet2DConditionModel(
        sample_size=8, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(32, 64),
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=32, attention_head_dim=2, norm_num_groups=8,
    ).eval()  # fmt: skip


def _predict(unet: UNet2DConditionModel, height: int = 8, width: int = 8) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    latents, words = (
        torch.randn(1, 4, height, width, generator=generator),
        torch.randn(1, TOKENS, 32, generator=generator),
    )
    with torch.inference_mode():
        return unet(latents, 500, words, return_dict=False)[0]


def _maps(unet: UNet2DConditionModel, height: int = 8, width: int = 8) -> AttentionMaps:
    maps = AttentionMaps(height, width)
    with recorded_attention(unet, maps):
        _predict(unet, height, width)
    return maps


def test_a_prediction_is_bit_for_bit_the_same_while_it_is_recorded(unet: UNet2DConditionModel) -> None:
    usual = _predict(unet)
    with recorded_attention(unet, AttentionMaps(8, 8)):
        assert torch.equal(_predict(unet), usual)
    assert torch.equal(_predict(unet), usual)


def test_the_shares_of_all_tokens_add_up_to_one_at_every_place_of_every_layer(unet: UNet2DConditionModel) -> None:
    maps = _maps(unet)
    layers = [module for module in unet.modules() if getattr(module, "is_cross_attention", False)]
    assert len(maps.each) == len(layers)
    assert {tuple(each.shape) for each in maps.each} == {(64, TOKENS), (16, TOKENS)}
    for each in maps.each:
        assert torch.allclose(each.sum(1), torch.ones(len(each)), atol=1e-5)


def test_the_maps_have_the_size_of_the_latents_and_still_add_up_to_one(unet: UNet2DConditionModel) -> None:
    for height, width in ((8, 8), (10, 6), (9, 7)):
        mean = _maps(unet, height, width).mean()
        assert mean.shape == (TOKENS, height, width)
        assert torch.allclose(mean.sum(0), torch.ones(height, width), atol=1e-5)


def test_a_layers_probabilities_are_those_that_it_computes_with(unet: UNet2DConditionModel) -> None:
    layer: Any = next(module for module in unet.modules() if getattr(module, "is_cross_attention", False))
    generator = torch.Generator().manual_seed(3)
    places, words = (
        torch.randn(1, 16, layer.query_dim, generator=generator),
        torch.randn(1, TOKENS, 32, generator=generator),
    )
    maps = AttentionMaps(4, 4)
    with torch.inference_mode(), recorded_attention(layer, maps):
        layer(places, words)
        query, key = (layer.head_to_batch_dim(each) for each in (layer.to_q(places), layer.to_k(words)))
        expected = layer.get_attention_scores(query, key).mean(0)
    assert torch.allclose(maps.each[0], expected, atol=1e-6)


def test_self_attention_is_left_alone_and_all_processors_come_back(unet: UNet2DConditionModel) -> None:
    before = dict(unet.attn_processors)
    with pytest.raises(KeyboardInterrupt), recorded_attention(unet, AttentionMaps(8, 8)):
        changed = [name for name, processor in unet.attn_processors.items() if processor is not before[name]]
        assert changed
        assert all("attn2" in name for name in changed)
        raise KeyboardInterrupt
    assert all(processor is before[name] for name, processor in unet.attn_processors.items())


def test_a_network_without_cross_attention_is_told_so() -> None:
    maps = AttentionMaps(8, 8)
    with recorded_attention(torch.nn.Conv2d(1, 1, 1), maps):
        pass
    with pytest.raises(ViewUnavailable, match="no cross-attention"):
        maps.mean()
