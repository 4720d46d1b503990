"""The names of tensors in LoRA files: which layer each belongs to, and what it is to it. Pure.

Trainers agree on few names. A field here has one name for all of them: `down` is kohya's `lora_down.weight`, diffusers'
`lora.down.weight` and peft's `lora_A.weight`.
"""

import re

_ADAPTER = r"(?:\.(?!weight$|bias$)\w+)?"
"""peft may put its name of the adapter (`default`) behind a field."""

_FIELDS: tuple[tuple[str, str], ...] = (
    (r"(?:\.lora_down|[._]lora\d?\.down|\.lora_linear_layer\.down)\.weight", "down"),
    (rf"\.lora_A{_ADAPTER}(?:\.weight)?", "down"),
    (r"(?:\.lora_up|[._]lora\d?\.up|\.lora_linear_layer\.up)\.weight", "up"),
    (rf"\.lora_B{_ADAPTER}(?:\.weight)?", "up"),
    (rf"(?:\.lora_up|\.lora_B{_ADAPTER})\.bias", "bias"),
    (r"\.lora_mid\.weight", "mid"),
    (r"[._]lora\.alpha|\.alpha", "alpha"),
    (r"\.dora_scale", "magnitude"),
    (rf"\.lora_magnitude_vector{_ADAPTER}(?:\.weight)?", "lengths"),
    (rf"\.hada_(?P<hada>w[12]_[ab]|t[12]){_ADAPTER}", "hada"),
    (rf"\.lokr_(?P<lokr>w[12](?:_[ab])?|t2){_ADAPTER}", "lokr"),
    (r"\.diff", "diff"),
    (r"\.(?:diff_b|b_norm)", "bias"),
    (r"\.w_norm", "diff"),
    (rf"\.ia3_l{_ADAPTER}", "factor"),
    (r"\.on_input", "on_input"),
    (r"\.(?:oft_blocks|oft_diag|rescale|[ab][12]\.weight)", "unknown"),
    (r"\.weight", "share"),
)
_PATTERNS = tuple((re.compile(rf"(?P<layer>.+?)(?:{ending})$"), field) for ending, field in _FIELDS)


def split_key(key: str) -> tuple[str, str] | None:
    """The layer and the field of a tensor's name, or None where it is no part of an adapter.

    Fields: `down`, `up`, `mid`, `alpha`, `bias`, `magnitude` and peft's `lengths` (DoRA), `hada w1_a` and so on
    (LoHa), `lokr w1` and so on (LoKr), `diff` (the whole change), `factor` (peft's IA3: what activations are multiplied
    with), `share` and `on_input` (LyCORIS' IA3: so much more of the weights), `unknown` for forms that are not read
    (OFT, GLoRA).
    """
    for pattern, field in _PATTERNS:
        match = pattern.match(key)
        if match is not None:
            more = match.groupdict().get("hada") or match.groupdict().get("lokr")
            return match["layer"], f"{field} {more}" if more else field
    return None


def flat_name(layer: str) -> str:
    """A layer's name as kohya writes it, with `_` in the place of dots, whichever trainer wrote it."""
    return layer.replace(".processor", "").replace(".base_layer", "").replace(".", "_")
