"""Textual inversions: a few vectors as wide as the text encoder, under one of several names."""

from webui.model_manager.catalogue.identify.identity import Identity, shapes_of
from webui.model_manager.catalogue.model_entry import EMBEDDING
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader

_NAMES = {"emb_params", "clip_l", "clip_g", "t5xxl", "string_to_param", "*"}
_BY_WIDTH = {768: ("sd1", "SD 1.x"), 1024: ("sd2", "SD 2.x")}
_SDXL = ("sdxl", "SDXL")
_MAX_TENSORS, _MAX_VECTORS = 4, 512


def looks_like_embedding(header: SafetensorsHeader) -> Identity | None:
    """Vectors for a prompt: by their names, or because there is nothing else in the file."""
    shapes = shapes_of(header)
    if not 0 < len(shapes) <= _MAX_TENSORS:
        return None
    if not all(len(shape) in (1, 2) and all(shape) and _vectors(shape) <= _MAX_VECTORS for shape in shapes.values()):
        return None
    named = any(name.partition(".")[0] in _NAMES for name in shapes)
    widths = {shape[-1] for shape in shapes.values()}
    if not named and not widths <= {768, 1024, 1280}:
        return None
    if "clip_g" in shapes or widths == {768, 1280}:
        architecture, base = _SDXL
    else:
        width = max(widths)
        architecture, base = _BY_WIDTH.get(width, (f"sd-{width}", f"{width} wide"))
    return Identity(kind=EMBEDDING, architecture=architecture, base=base)


def _vectors(shape: tuple[int, ...]) -> int:
    return shape[0] if len(shape) > 1 else 1
