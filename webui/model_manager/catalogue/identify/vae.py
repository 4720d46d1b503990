"""Autoencoders in their authors' names, in diffusers' names, and the tiny ones."""

from webui.model_manager.catalogue.identify.identity import Identity, Shapes, columns, shapes_of, without_prefix
from webui.model_manager.catalogue.model_entry import VAE
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader

_PREFIXES = ("", "first_stage_model.", "vae.")
_BY_LATENTS = {
    4: ("", "SD 1.x, SD 2.x or SDXL"),
    16: ("", "SD 3, FLUX.1, Chroma or Z-Image"),
    32: ("flux-2", "FLUX.2"),
    128: ("flux-2", "FLUX.2"),
}
"""By the channels of the latents. Families of as many channels differ in numbers that shapes do not tell."""


def looks_like_vae(header: SafetensorsHeader) -> Identity | None:
    """An autoencoder alone in its file."""
    shapes = shapes_of(header)
    for prefix in _PREFIXES:
        below = without_prefix(shapes, prefix) if prefix else shapes
        found = _video(below) or _full(below) or _tiny(below)
        if found is not None:
            return found
    return None


def _full(shapes: Shapes) -> Identity | None:
    if "decoder.conv_in.weight" not in shapes or "decoder.conv_out.weight" not in shapes:
        return None
    form = "diffusers" if any(name.startswith("decoder.up_blocks.") for name in shapes) else "ldm"
    return _vae(columns(shapes, "decoder.conv_in.weight"), form)


def _tiny(shapes: Shapes) -> Identity | None:
    """TAESD and its kin: a plain row of layers, whose first reads the latents."""
    for name, form in (("decoder.layers.0.weight", "tiny, diffusers"), ("decoder.1.weight", "tiny")):
        if len(shapes.get(name, ())) == 4:
            return _vae(columns(shapes, name), form)
    return None


def _video(shapes: Shapes) -> Identity | None:
    """Wan's autoencoder, which Qwen-Image has too: convolutions over time as well."""
    if "decoder.middle.0.residual.0.gamma" in shapes or "decoder.mid_block.resnets.0.norm1.gamma" in shapes:
        return Identity(kind=VAE, architecture="qwen-image", base="Qwen-Image or Wan", form="video", latent_channels=16)
    return None


def _vae(channels: int, form: str) -> Identity | None:
    if channels not in _BY_LATENTS:
        return None
    architecture, base = _BY_LATENTS[channels]
    latents = min(channels, 32)  # FLUX.2's model sees four of its latents as one
    return Identity(kind=VAE, architecture=architecture or None, base=base, form=form, latent_channels=latents)
