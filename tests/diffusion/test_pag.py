import pytest
import torch
from diffusers import UNet2DConditionModel

from webui.diffusion.pag import identity_attention
from webui.errors import InvalidRequest


@pytest.fixture(scope="module")
def unet() -> UNet2DConditionModel:
    torch.manual_seed(0)
    return UNet2DConditionModel(
        sample_size=8, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(32, 64),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=32, attention_head_dim=2, norm_num_groups=8,
    ).eval()  # fmt: skip


def _predict(unet: UNet2DConditionModel) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    latents, words = torch.randn(3, 4, 8, 8, generator=generator), torch.randn(3, 7, 32, generator=generator)
    with torch.inference_mode():
        return unet(latents, 500, words, return_dict=False)[0]


def test_only_the_rows_from_the_first_on_are_perturbed(unet: UNet2DConditionModel) -> None:
    usual = _predict(unet)
    with identity_attention(unet.mid_block, 2):
        perturbed = _predict(unet)
    assert torch.allclose(usual[:2], perturbed[:2], atol=1e-6)
    assert (usual[2] - perturbed[2]).abs().max() > 1e-4


def test_an_attention_map_of_the_identity_is_what_a_mask_of_the_diagonal_gives(unet: UNet2DConditionModel) -> None:
    layer = unet.mid_block.attentions[0].transformer_blocks[0].attn1
    places = torch.randn(1, 5, 64, generator=torch.Generator().manual_seed(2))
    diagonal = torch.full((5, 5), -torch.inf).fill_diagonal_(0).expand(layer.heads, 5, 5)
    with torch.inference_mode():
        expected = layer(places, attention_mask=diagonal)
        with identity_attention(unet.mid_block, 0):
            assert torch.allclose(layer(places), expected, atol=1e-6)


def test_the_processors_are_the_same_objects_again_afterwards(unet: UNet2DConditionModel) -> None:
    before = dict(unet.attn_processors)
    with identity_attention(unet.mid_block, 0):
        changed = [name for name, processor in unet.attn_processors.items() if processor is not before[name]]
    assert [name.split(".attn")[0] for name in changed] == ["mid_block.attentions.0.transformer_blocks.0"]
    assert all(processor is before[name] for name, processor in unet.attn_processors.items())


def test_an_error_in_between_restores_them_too(unet: UNet2DConditionModel) -> None:
    before = dict(unet.attn_processors)
    with pytest.raises(KeyboardInterrupt), identity_attention(unet.mid_block, 0):
        raise KeyboardInterrupt
    assert all(processor is before[name] for name, processor in unet.attn_processors.items())


def test_a_model_without_such_a_layer_is_told_so() -> None:
    for block in (None, torch.nn.Conv2d(1, 1, 1)):
        with pytest.raises(InvalidRequest, match="no self-attention") as refused, identity_attention(block, 0):
            pass
        assert refused.value.field == "pag_scale"
