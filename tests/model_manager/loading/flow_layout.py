"""The tensors of flow matching transformers by the names of their authors, in full width and with few blocks.

Sources: the modules of black-forest-labs' flux, lodestones' flow (Chroma) and Stability AI's sd3.5.
"""

Shapes = dict[str, tuple[int, ...]]
_WIDTH = 3072


def _linear(name: str, outputs: int, inputs: int) -> Shapes:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def _embedder(name: str, inputs: int, width: int) -> Shapes:
    return _linear(f"{name}.in_layer", width, inputs) | _linear(f"{name}.out_layer", width, width)


def _stream(name: str, *, modulated: bool) -> Shapes:
    shapes = _linear(f"{name}_attn.qkv", 3 * _WIDTH, _WIDTH) | _linear(f"{name}_attn.proj", _WIDTH, _WIDTH)
    shapes |= {f"{name}_attn.norm.query_norm.scale": (128,), f"{name}_attn.norm.key_norm.scale": (128,)}
    shapes |= _linear(f"{name}_mlp.0", 4 * _WIDTH, _WIDTH) | _linear(f"{name}_mlp.2", _WIDTH, 4 * _WIDTH)
    return shapes | (_linear(f"{name}_mod.lin", 6 * _WIDTH, _WIDTH) if modulated else {})


def _blocks(*, modulated: bool) -> Shapes:
    shapes: Shapes = {}
    for block in range(2):
        for name in ("img", "txt"):
            shapes |= _stream(f"double_blocks.{block}.{name}", modulated=modulated)
        single = f"single_blocks.{block}"
        shapes |= _linear(f"{single}.linear1", 7 * _WIDTH, _WIDTH) | _linear(f"{single}.linear2", _WIDTH, 5 * _WIDTH)
        shapes |= {f"{single}.norm.query_norm.scale": (128,), f"{single}.norm.key_norm.scale": (128,)}
        shapes |= _linear(f"{single}.modulation.lin", 3 * _WIDTH, _WIDTH) if modulated else {}
    return shapes


def flux_shapes(*, guided: bool) -> Shapes:
    """FLUX.1: dev with its guidance, schnell without."""
    shapes = _linear("img_in", _WIDTH, 64) | _linear("txt_in", _WIDTH, 4096) | _linear("final_layer.linear", 64, _WIDTH)
    shapes |= _embedder("time_in", 256, _WIDTH) | _embedder("vector_in", 768, _WIDTH)
    shapes |= _linear("final_layer.adaLN_modulation.1", 2 * _WIDTH, _WIDTH)
    return shapes | (_embedder("guidance_in", 256, _WIDTH) if guided else {}) | _blocks(modulated=True)


def chroma_shapes() -> Shapes:
    """Chroma: FLUX.1 whose modulation comes from one small network."""
    shapes = _linear("img_in", _WIDTH, 64) | _linear("txt_in", _WIDTH, 4096) | _linear("final_layer.linear", 64, _WIDTH)
    guidance = "distilled_guidance_layer"
    shapes |= _linear(f"{guidance}.in_proj", 5120, 64) | _linear(f"{guidance}.out_proj", _WIDTH, 5120)
    for layer in range(5):
        shapes |= _embedder(f"{guidance}.layers.{layer}", 5120, 5120) | {f"{guidance}.norms.{layer}.scale": (5120,)}
    return shapes | _blocks(modulated=False)


def sd3_shapes(*, dual: bool) -> Shapes:
    """Stable Diffusion 3 (medium), or 3.5 medium with a second attention in its first block."""
    width = 1536
    shapes: Shapes = {"pos_embed": (1, 8**2, width), "x_embedder.proj.weight": (width, 16, 2, 2)}
    shapes |= {"x_embedder.proj.bias": (width,)} | _linear("context_embedder", width, 4096)
    for name, inputs in (("t_embedder", 256), ("y_embedder", 2048)):
        shapes |= _linear(f"{name}.mlp.0", width, inputs) | _linear(f"{name}.mlp.2", width, width)
    shapes |= _linear("final_layer.linear", 64, width) | _linear("final_layer.adaLN_modulation.1", 2 * width, width)
    for block in range(2):
        for stream in ("x_block", "context_block"):
            shapes |= _joint_stream(f"joint_blocks.{block}.{stream}", width, normed=dual, last=block == 1)
        if dual and block == 0:
            second = f"joint_blocks.{block}.x_block.attn2"
            shapes |= _linear(f"{second}.qkv", 3 * width, width) | _linear(f"{second}.proj", width, width)
            shapes |= {f"{second}.ln_q.weight": (64,), f"{second}.ln_k.weight": (64,)}
            shapes |= _linear(f"joint_blocks.{block}.x_block.adaLN_modulation.1", 9 * width, width)
    return shapes


def _joint_stream(name: str, width: int, *, normed: bool, last: bool) -> Shapes:
    ends_here = last and name.endswith("context_block")
    shapes = _linear(f"{name}.attn.qkv", 3 * width, width)
    shapes |= {f"{name}.attn.ln_q.weight": (64,), f"{name}.attn.ln_k.weight": (64,)} if normed else {}
    shapes |= _linear(f"{name}.adaLN_modulation.1", (2 if ends_here else 6) * width, width)
    if ends_here:
        return shapes
    shapes |= _linear(f"{name}.attn.proj", width, width)
    return shapes | _linear(f"{name}.mlp.fc1", 4 * width, width) | _linear(f"{name}.mlp.fc2", width, 4 * width)
