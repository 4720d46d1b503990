"""Small FLUX.2 models with random weights in diffusers' folder format."""

from pathlib import Path

import torch
from diffusers import AutoencoderKLFlux2, Flux2Transformer2DModel

from tests.tiny_flow_parts import write_flow_scheduler, write_model_index
from tests.tiny_language import write_tiny_mistral, write_tiny_qwen3, write_tiny_qwen_tokenizer

_WIDTH = 8
_READ_LAYERS = 3


def build_tiny_flux_2(folder: Path, *, klein: bool = False, seed: int = 0) -> Path:
    """A FLUX.2 folder, dev or klein, for pictures whose sides are multiples of 16."""
    torch.manual_seed(seed)
    if klein:
        tokens = write_tiny_qwen_tokenizer(folder / "tokenizer")
        write_tiny_qwen3(folder / "text_encoder", tokens=tokens, width=_WIDTH, layers=27, whole=True)
    else:
        write_tiny_mistral(folder / "text_encoder", folder / "tokenizer", width=_WIDTH, layers=30)
    vae = AutoencoderKLFlux2(
        block_out_channels=(8, 8, 16, 16), layers_per_block=1, latent_channels=4, norm_num_groups=4
    )
    # As of an autoencoder that has seen pictures; a new one leaves its latents as they are.
    vae.bn.load_state_dict(
        {"running_mean": torch.randn(16), "running_var": torch.rand(16) + 0.5, "num_batches_tracked": torch.tensor(1)}
    )
    vae.save_pretrained(folder / "vae")
    Flux2Transformer2DModel(
        in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=_READ_LAYERS * _WIDTH, timestep_guidance_channels=16, axes_dims_rope=(4, 4, 4, 4),
        guidance_embeds=not klein,
    ).save_pretrained(folder / "transformer")  # fmt: skip
    write_flow_scheduler(folder / "scheduler", dynamic=True)
    parts = {
        "scheduler": "FlowMatchEulerDiscreteScheduler",
        "text_encoder": "Qwen3ForCausalLM" if klein else "Mistral3ForConditionalGeneration",
        "tokenizer": "Qwen2Tokenizer" if klein else "PixtralProcessor",
        "transformer": "Flux2Transformer2DModel", "vae": "AutoencoderKLFlux2",
    }  # fmt: skip
    settings = {"is_distilled": False} if klein else {}
    write_model_index(folder, "Flux2KleinPipeline" if klein else "Flux2Pipeline", parts, **settings)
    return folder
