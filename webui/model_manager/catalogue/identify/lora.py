"""LoRAs (Hu et al. 2021) and the forms of LyCORIS, of kohya's trainer, diffusers and peft."""

from webui.model_manager.catalogue.identify.identity import Identity, Shapes, shapes_of
from webui.model_manager.catalogue.identify.lora_architecture import fits
from webui.model_manager.catalogue.model_entry import LORA
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader

_FORMS = (
    ((".hada_w1_a", ".hada_w1_b"), "LoHa"),
    ((".lokr_w1", ".lokr_w1_a", ".lokr_w2", ".lokr_w2_a"), "LoKr"),
    ((".on_input",), "IA3"),
    ((".oft_blocks", ".oft_diag", ".oft_R.weight"), "OFT"),
    ((".a1.weight", ".b1.weight"), "GLoRA"),
    ((".dora_scale", ".lora_magnitude_vector", ".lora_magnitude_vector.weight"), "DoRA"),
)
"""Endings that only one form has. Source: LyCORIS, `lycoris/modules`; peft, `tuners/lora/layer.py`."""
_PAIRS = (
    ".lora_down.weight", ".lora_up.weight", ".lora_A.weight", ".lora_B.weight",
)  # fmt: skip
_LONG_PAIRS = (
    ".lora.down.weight", ".lora.up.weight", ".lora_A.default.weight", ".lora_B.default.weight",
    "_lora.down.weight", "_lora.up.weight", ".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight",
)  # fmt: skip
_DIFFERENCES = (".diff", ".diff_b")
_KOHYA = ("lora_unet_", "lora_te_", "lora_te1_", "lora_te2_", "lora_te3_", "lora_transformer_", "lora_prior_")


def looks_like_lora(header: SafetensorsHeader) -> Identity | None:
    """What changes a model's layers by small matrices."""
    shapes = shapes_of(header)
    form = _form(shapes)
    if not form:
        return None
    architecture, base = fits(shapes, header.metadata)
    return Identity(kind=LORA, architecture=architecture, base=base, form=form)


def _form(shapes: Shapes) -> str:
    """The form's name; empty for what is no LoRA."""
    ends = {f".{'.'.join(name.rsplit('.', 2)[-2:])}" for name in shapes}
    for endings, form in _FORMS:
        if any(end.endswith(endings) for end in ends):
            return form
    if any(end.endswith(_PAIRS) for end in ends) or any(name.endswith(_LONG_PAIRS) for name in shapes):
        if any(name.startswith(_KOHYA) for name in shapes):
            return "kohya"
        return "peft" if any(".lora_A." in name for name in shapes) else "diffusers"
    return "full difference" if any(end.endswith(_DIFFERENCES) for end in ends) else ""
