"""Upscalers of pictures: ESRGAN and its kin."""

from webui.model_manager.catalogue.identify.identity import Identity, Shapes, shapes_of, without_prefix
from webui.model_manager.catalogue.model_entry import UPSCALER
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader

_SIGNS = (
    (("conv_first.weight", "body.0.rdb1.conv1.weight"), "Real-ESRGAN"),
    (("conv_first.weight", "RRDB_trunk.0.RDB1.conv1.weight"), "ESRGAN"),
    (("model.0.weight", "model.1.sub.0.RDB1.conv1.0.weight"), "ESRGAN"),
    (("conv_first.weight", "layers.0.residual_group.blocks.0.norm1.weight"), "SwinIR"),
    (("conv_first.weight", "layers.0.blocks.0.norm1.weight"), "DAT"),
    (("block_1.c1_r.sk.weight",), "SPAN"),
    (("body.0.weight", "body.1.weight", "body.2.weight"), "Compact"),
    (("encoder.0.0.body.0.weight",), "OmniSR"),
    (("to_feat.weight", "feats.0.norm1.weight"), "SAFMN"),
    (("dblock.0.body.0.weight", "upsampler.0.weight"), "RealPLKSR"),
    (("feats.0.weight", "feats.1.lk.conv.weight"), "PLKSR"),
)
"""Tensors of a kind of upscaler. Source: the published weights of each."""


def looks_like_upscaler(header: SafetensorsHeader) -> Identity | None:
    """An upscaler, with or without the wrapping that training left."""
    shapes = shapes_of(header)
    for prefix in ("", "params_ema.", "params.", "model."):
        base = _base(without_prefix(shapes, prefix) if prefix else shapes)
        if base:
            return Identity(kind=UPSCALER, base=base)
    return None


def _base(shapes: Shapes) -> str:
    return next((base for names, base in _SIGNS if all(len(shapes.get(name, ())) > 0 for name in names)), "")
