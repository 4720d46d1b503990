"""Text encoders alone in their file, as ComfyUI keeps them."""

from webui.model_manager.catalogue.identify.identity import Identity, Shapes, columns, rows, shapes_of, without_prefix
from webui.model_manager.catalogue.model_entry import TEXT_ENCODER, UNKNOWN
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader

_CLIP_WIDTHS = {768: "CLIP L", 1024: "OpenCLIP H", 1280: "OpenCLIP bigG"}
_LAYER = "layers.0.self_attn.q_proj.weight"
_LAST = "mlp.down_proj.weight"
_LANGUAGE_MODELS = {
    ("layers.35", (2560, 9728)): "Qwen3 4B",
    ("layers.35", (4096, 12288)): "Qwen3 8B",
    ("layers.27", (3584, 18944)): "Qwen2.5-VL 7B",
    ("layers.29", (5120, 32768)): "Mistral Small 3",
}
"""Those that read prompts, by a layer that they have and the shape of its last projection."""
_PREFIXES = ("", "model.", "language_model.", "model.language_model.", "language_model.model.")


def looks_like_text_encoder(header: SafetensorsHeader) -> Identity | None:
    """CLIP, T5 or a language model."""
    shapes = shapes_of(header)
    if any(name.startswith(("vision_model.", "visual_projection")) for name in shapes) and not any(
        name.startswith("text_model.") for name in shapes
    ):
        return Identity(kind=UNKNOWN, base="CLIP, the half that sees", problem="it encodes pictures.")
    for prefix in ("", "transformer.", "text_encoders.clip_l.transformer."):
        below = without_prefix(shapes, prefix) if prefix else shapes
        width = columns(below, "text_model.embeddings.token_embedding.weight")
        if width or any(name.startswith("text_model.encoder.layers.0.") for name in below):
            return Identity(kind=TEXT_ENCODER, base=_CLIP_WIDTHS.get(width, "CLIP"), form="transformers")
    if any(name.startswith(("transformer.resblocks.0.", "model.transformer.resblocks.0.")) for name in shapes):
        return Identity(kind=TEXT_ENCODER, base="OpenCLIP", form="openclip")
    if "encoder.block.0.layer.0.SelfAttention.q.weight" in shapes or "enc.blk.0.attn_q.weight" in shapes:
        width = columns(shapes, "shared.weight") or columns(shapes, "token_embd.weight")
        return Identity(
            kind=TEXT_ENCODER, base="T5 XXL" if width in (0, 4096) else f"T5 ({width})", form="transformers"
        )
    return _language_model(header)


def _language_model(header: SafetensorsHeader) -> Identity | None:
    shapes = shapes_of(header)
    own = any(f"{prefix}{_LAYER}" in shapes for prefix in _PREFIXES)
    if not own and "blk.0.attn_q.weight" not in shapes:
        return None
    known = (base for (layer, shape), base in _LANGUAGE_MODELS.items() if _has(shapes, f"{layer}.{_LAST}", shape))
    name = next(known, "") or header.metadata.get("general.name", "") or header.metadata.get("general.architecture", "")
    width = next((rows(shapes, f"{prefix}norm.weight") for prefix in _PREFIXES if f"{prefix}norm.weight" in shapes), 0)
    return Identity(
        kind=TEXT_ENCODER, base=name or (f"language model, {width} wide" if width else "language model"),
        form="transformers" if own else "gguf",
    )  # fmt: skip


def _has(shapes: Shapes, name: str, shape: tuple[int, ...]) -> bool:
    return any(shapes.get(prefix + name) == shape for prefix in _PREFIXES)
