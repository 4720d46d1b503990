"""The names that the layers of diffusers' transformers have in their original code. Pure.

The fused projections of the original code (`qkv`, `linear1`) are split in diffusers, so that an original layer's
outputs are those of several layers here, in order.
"""

from collections.abc import Iterable

_ATTENTION = ("to_q", "to_k", "to_v")
_ADDED = ("add_q_proj", "add_k_proj", "add_v_proj")


def _in_block(block: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{block}.{name}" for name in names)


_FLUX = {
    "double_blocks.#.img_attn.qkv": _in_block("transformer_blocks.#.attn", _ATTENTION),
    "double_blocks.#.txt_attn.qkv": _in_block("transformer_blocks.#.attn", _ADDED),
    "double_blocks.#.img_attn.proj": ("transformer_blocks.#.attn.to_out.0",),
    "double_blocks.#.txt_attn.proj": ("transformer_blocks.#.attn.to_add_out",),
    "double_blocks.#.img_mlp.0": ("transformer_blocks.#.ff.net.0.proj",),
    "double_blocks.#.img_mlp.2": ("transformer_blocks.#.ff.net.2",),
    "double_blocks.#.txt_mlp.0": ("transformer_blocks.#.ff_context.net.0.proj",),
    "double_blocks.#.txt_mlp.2": ("transformer_blocks.#.ff_context.net.2",),
    "double_blocks.#.img_mod.lin": ("transformer_blocks.#.norm1.linear",),
    "double_blocks.#.txt_mod.lin": ("transformer_blocks.#.norm1_context.linear",),
    "single_blocks.#.linear1": (
        *_in_block("single_transformer_blocks.#.attn", _ATTENTION), "single_transformer_blocks.#.proj_mlp",
    ),
    "single_blocks.#.linear2": ("single_transformer_blocks.#.proj_out",),
    "single_blocks.#.modulation.lin": ("single_transformer_blocks.#.norm.linear",),
    "img_in": ("x_embedder",),
    "txt_in": ("context_embedder",),
    "time_in.in_layer": ("time_text_embed.timestep_embedder.linear_1",),
    "time_in.out_layer": ("time_text_embed.timestep_embedder.linear_2",),
    "vector_in.in_layer": ("time_text_embed.text_embedder.linear_1",),
    "vector_in.out_layer": ("time_text_embed.text_embedder.linear_2",),
    "guidance_in.in_layer": ("time_text_embed.guidance_embedder.linear_1",),
    "guidance_in.out_layer": ("time_text_embed.guidance_embedder.linear_2",),
    "final_layer.linear": ("proj_out",),
}  # fmt: skip
_FLUX_2 = {
    "double_blocks.#.img_mlp.0": ("transformer_blocks.#.ff.linear_in",),
    "double_blocks.#.img_mlp.2": ("transformer_blocks.#.ff.linear_out",),
    "double_blocks.#.txt_mlp.0": ("transformer_blocks.#.ff_context.linear_in",),
    "double_blocks.#.txt_mlp.2": ("transformer_blocks.#.ff_context.linear_out",),
    "single_blocks.#.linear1": ("single_transformer_blocks.#.attn.to_qkv_mlp_proj",),
    "single_blocks.#.linear2": ("single_transformer_blocks.#.attn.to_out",),
}
_SD3 = {
    "joint_blocks.#.x_block.attn.qkv": _in_block("transformer_blocks.#.attn", _ATTENTION),
    "joint_blocks.#.x_block.attn2.qkv": _in_block("transformer_blocks.#.attn2", _ATTENTION),
    "joint_blocks.#.context_block.attn.qkv": _in_block("transformer_blocks.#.attn", _ADDED),
    "joint_blocks.#.x_block.attn.proj": ("transformer_blocks.#.attn.to_out.0",),
    "joint_blocks.#.x_block.attn2.proj": ("transformer_blocks.#.attn2.to_out.0",),
    "joint_blocks.#.context_block.attn.proj": ("transformer_blocks.#.attn.to_add_out",),
    "joint_blocks.#.x_block.mlp.fc1": ("transformer_blocks.#.ff.net.0.proj",),
    "joint_blocks.#.x_block.mlp.fc2": ("transformer_blocks.#.ff.net.2",),
    "joint_blocks.#.context_block.mlp.fc1": ("transformer_blocks.#.ff_context.net.0.proj",),
    "joint_blocks.#.context_block.mlp.fc2": ("transformer_blocks.#.ff_context.net.2",),
    "joint_blocks.#.x_block.adaLN_modulation.1": ("transformer_blocks.#.norm1.linear",),
    "joint_blocks.#.context_block.adaLN_modulation.1": ("transformer_blocks.#.norm1_context.linear",),
    "x_embedder.proj": ("pos_embed.proj",),
    "context_embedder": ("context_embedder",),
    "t_embedder.mlp.0": ("time_text_embed.timestep_embedder.linear_1",),
    "t_embedder.mlp.2": ("time_text_embed.timestep_embedder.linear_2",),
    "y_embedder.mlp.0": ("time_text_embed.text_embedder.linear_1",),
    "y_embedder.mlp.2": ("time_text_embed.text_embedder.linear_2",),
    "final_layer.linear": ("proj_out",),
}
_Z_IMAGE = {
    f"{blocks}.#.attention.{theirs}": _in_block(f"{blocks}.#.attention", ours)
    for blocks in ("layers", "noise_refiner", "context_refiner")
    for theirs, ours in (("qkv", _ATTENTION), ("out", ("to_out.0",)), ("q_norm", ("norm_q",)), ("k_norm", ("norm_k",)))
}
_TABLES = (_FLUX_2, _FLUX, _SD3, _Z_IMAGE)


def original_layers(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The original layers of a transformer, each with the layers here that its outputs are, in order.

    Args:
        names: all names of the transformer's layers, with dots.
    """
    known = set(names)
    blocks = {name.split(".")[0] for name in known}
    counts = {
        block: 1 + max((int(name.split(".")[1]) for name in known if name.startswith(f"{block}.") and _numbered(name)),
                       default=-1)
        for block in blocks
    }  # fmt: skip
    found: dict[str, tuple[str, ...]] = {}
    for table in _TABLES:
        for theirs, ours in table.items():
            numbers = range(counts.get(ours[0].split(".")[0], 0)) if "#" in theirs else [0]
            for number in numbers:
                layers = tuple(name.replace("#", str(number)) for name in ours)
                if all(name in known for name in layers):
                    found.setdefault(theirs.replace("#", str(number)), layers)
    return found


def _numbered(name: str) -> bool:
    parts = name.split(".")
    return len(parts) > 1 and parts[1].isdigit()
