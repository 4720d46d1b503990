"""The experts in their order, and what they agree on."""

from collections import Counter
from math import prod

from webui.model_manager.catalogue.identify.checkpoint import looks_like_checkpoint
from webui.model_manager.catalogue.identify.controlnet import looks_like_controlnet, looks_like_t2i_adapter
from webui.model_manager.catalogue.identify.embedding import looks_like_embedding
from webui.model_manager.catalogue.identify.identity import Expert, Identity
from webui.model_manager.catalogue.identify.ip_adapter import looks_like_ip_adapter
from webui.model_manager.catalogue.identify.lora import looks_like_lora
from webui.model_manager.catalogue.identify.text_encoder import looks_like_text_encoder
from webui.model_manager.catalogue.identify.upscaler import looks_like_upscaler
from webui.model_manager.catalogue.identify.vae import looks_like_vae
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader

EXPERTS: tuple[Expert, ...] = (
    looks_like_controlnet, looks_like_ip_adapter, looks_like_t2i_adapter, looks_like_lora, looks_like_embedding,
    looks_like_checkpoint, looks_like_vae, looks_like_upscaler, looks_like_text_encoder,
)  # fmt: skip
"""Those whose signs nothing else has come first: a control LoRA is a ControlNet, a checkpoint has a VAE in it."""
_TYPES = {"F64": "fp64", "F32": "fp32", "F16": "fp16", "BF16": "bf16", "F8_E4M3": "fp8 e4m3", "F8_E5M2": "fp8 e5m2"}
_PACKED_IN = {"U8", "I8", "I32"}
_PACKED = (
    (".quant_state.bitsandbytes__nf4", "nf4"), (".quant_state.bitsandbytes__fp4", "fp4"), (".qweight", "int4"),
)  # fmt: skip


def identified(header: SafetensorsHeader) -> Identity | None:
    """What the first expert who knows the file says; None if nobody does."""
    return next((found for found in (expert(header) for expert in EXPERTS) if found is not None), None)


def main_type(header: SafetensorsHeader) -> str:
    """The type that most of the numbers have, as people call it."""
    numbers: Counter[str] = Counter()
    for dtype, shape in header.tensors.values():
        numbers[dtype] += prod(shape)
    if not numbers:
        return ""
    for ending, told in _PACKED if numbers.keys() & _PACKED_IN else ():
        if any(name.endswith(ending) for name in header.tensors):
            return told
    dtype = numbers.most_common(1)[0][0]
    return _TYPES.get(dtype, dtype.lower() if dtype.startswith(("U", "I", "B")) else dtype)


def parameter_count(header: SafetensorsHeader) -> int:
    """How many numbers the file holds."""
    return sum(prod(shape) for _, shape in header.tensors.values())
