"""The names that the layers of diffusers' UNets have in the original (LDM) code; kohya's SDXL files use them. Pure."""

import re
from collections.abc import Sequence

_IN_RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
    "conv2": "out_layers.3", "conv_shortcut": "skip_connection",
}  # fmt: skip
_OUTSIDE = {
    "conv_in": "input_blocks.0.0", "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2", "conv_norm_out": "out.0",
    "conv_out": "out.2",
}  # fmt: skip
_BLOCK = re.compile(r"(down|up)_blocks\.(\d+)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)(?:\.(.+))?")
_MIDDLE = re.compile(r"mid_block\.(resnets|attentions)\.(\d+)(?:\.(.+))?")


def original_name(name: str, *, layers_per_block: Sequence[int], attention_in_up_block: frozenset[int]) -> str | None:
    """The original name of a layer that diffusers calls `name`; None where there is none.

    Args:
        name: with dots.
        layers_per_block: how many each down block has, from the first; an up block has one more than its opposite.
        attention_in_up_block: the numbers of the up blocks that have attention; there the upsampler comes third.
    """
    middle, match = _MIDDLE.fullmatch(name), _BLOCK.fullmatch(name)
    if middle is not None:
        kind, number, rest = middle.groups()
        place = 1 if kind == "attentions" else 2 * int(number)
        return f"middle_block.{place}{_inside(kind, rest)}"
    if match is None:
        return _OUTSIDE.get(name)
    side, block, kind, number, rest = match[1], int(match[2]), match[3], int(match[4]), match[5]
    sides = {"down": ("input_blocks", 1, layers_per_block), "up": ("output_blocks", 0, layers_per_block[::-1])}
    blocks, before, layers = sides[side]
    first = before + sum(count + 1 for count in layers[:block])
    if kind == "downsamplers":
        return f"{blocks}.{first + layers[block]}.0.op"
    if kind == "upsamplers":
        return f"{blocks}.{first + layers[block]}.{1 + (block in attention_in_up_block)}.conv"
    return f"{blocks}.{first + number}.{int(kind == 'attentions')}{_inside(kind, rest)}"


def _inside(kind: str, rest: str | None) -> str:
    if rest is None:
        return ""
    return f".{_IN_RESNET.get(rest, rest)}" if kind == "resnets" else f".{rest}"
