"""Checkpoints: a diffusion network alone, as ComfyUI keeps it, or with its VAE and text encoders in one file."""

from dataclasses import replace

from webui.model_manager.catalogue.identify import transformer, unet
from webui.model_manager.catalogue.identify.identity import Identity, Shapes, shapes_of, without_prefix
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader

_PREFIXES = ("model.diffusion_model.", "diffusion_model.", "transformer.", "unet.", "model.", "")
_NETWORKS = (
    unet.ldm_unet, transformer.sd3, transformer.flux, transformer.z_image, transformer.qwen_image,
    unet.diffusers_unet, transformer.other,
)  # fmt: skip
_VAE_PREFIXES = ("first_stage_model.", "vae.")
_TEXT_PREFIXES = {
    "cond_stage_model.": "text_encoder",
    "conditioner.embedders.0.": "text_encoder",
    "conditioner.embedders.1.": "text_encoder_2",
    "text_encoders.clip_l.": "text_encoder",
    "text_encoders.clip_g.": "text_encoder_2",
    "text_encoders.t5xxl.": "text_encoder_3",
    "text_encoders.": "text_encoder",
}
"""Where checkpoints keep their text encoders: those of Stable Diffusion, and those that ComfyUI writes."""
_BESIDE = ("edm_mean", "edm_vpred.sigma_max")
"""Keys of a network that have no prefix."""
_KEYS_OF_OTHERS = ("control_model.", "lora_", "adapter.", "image_proj.")


def looks_like_checkpoint(header: SafetensorsHeader) -> Identity | None:
    """A file with a network that makes pictures from noise."""
    shapes = shapes_of(header)
    if any(name.startswith(_KEYS_OF_OTHERS) or ".lora" in name for name in shapes):
        return None
    found = _network(shapes)
    if found is None:
        return None
    prefix, identity = found
    if prefix == "model.diffusion_model.":
        identity = replace(identity, parts=(*identity.parts, *_other_parts(shapes, identity)))
    if identity.architecture == "sdxl" and ("v_pred" in shapes or f"{prefix}v_pred" in shapes):
        identity = replace(identity, prediction="v_prediction")
    return identity


def _network(shapes: Shapes) -> tuple[str, Identity] | None:
    """The network in a file, with the prefix of its names."""
    for prefix in _PREFIXES:
        below = without_prefix(shapes, prefix)
        if below and prefix:
            below |= {name: shapes[name] for name in _BESIDE if name in shapes}
        for expert in _NETWORKS if below else ():
            identity = expert(below)
            if identity is not None:
                return prefix, identity
    return None


def _other_parts(shapes: Shapes, identity: Identity) -> list[str]:
    """What a checkpoint has beside its network, by diffusers' names of the parts."""
    vae = ["vae"] if any(name.startswith(_VAE_PREFIXES) for name in shapes) else []
    texts = {
        next(part for prefix, part in _TEXT_PREFIXES.items() if name.startswith(prefix))
        for name in shapes
        if name.startswith(tuple(_TEXT_PREFIXES))
    }
    if identity.architecture == "sdxl-refiner":  # it has the second encoder alone, and in the first place
        texts = {"text_encoder_2"} if texts else set()
    if identity.architecture in ("flux", "chroma") and "text_encoder_3" in texts:
        texts = (texts - {"text_encoder_3"}) | {"text_encoder_2" if identity.architecture == "flux" else "text_encoder"}
    return vae + sorted(texts)
