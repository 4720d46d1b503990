"""Weights for single blocks of the denoiser, as the extension `sd-webui-lora-block-weight` writes them: `lbw=`. Pure.

The first weight is that of the text encoder (BASE), the others those of the blocks in the order in which the network
passes them. There are as many of them as the kind of model has blocks with attention, which LoRAs of the usual form
change, or as it has blocks at all, which LyCORIS changes; the number tells which.
"""

import re
from collections.abc import Sequence

from webui.errors import InvalidRequest

_SD = {
    17: "IN01 IN02 IN04 IN05 IN07 IN08 MID OUT03 OUT04 OUT05 OUT06 OUT07 OUT08 OUT09 OUT10 OUT11",
    26: " ".join([*(f"IN{i:02}" for i in range(12)), "MID", *(f"OUT{i:02}" for i in range(12))]),
    12: "IN04 IN05 IN07 IN08 MID OUT00 OUT01 OUT02 OUT03 OUT04 OUT05",
    20: " ".join([*(f"IN{i:02}" for i in range(9)), "MID", *(f"OUT{i:02}" for i in range(9))]),
}
_PRESETS = {
    "NONE": "",
    "ALL": "BASE IN MID OUT",
    "INALL": "BASE IN",
    "OUTALL": "BASE OUT",
    "MIDALL": "BASE MID",
    "INS": "BASE IN00 IN01 IN02 IN03 IN04",
    "IND": "BASE IN04 IN05 IN06 IN07 IN08",
    "MIDD": "BASE IN04 IN05 IN06 IN07 IN08 IN09 IN10 IN11 MID OUT00 OUT01 OUT02 OUT03 OUT04 OUT05",
    "OUTD": "BASE OUT03 OUT04 OUT05",
    "OUTS": "BASE OUT06 OUT07 OUT08 OUT09 OUT10 OUT11",
}
_ORIGINAL = re.compile(r"(input_blocks|middle_block|output_blocks)\.(\d+)")
_TRANSFORMER = re.compile(r"(transformer_blocks|single_transformer_blocks|layers)\.(\d+)\.")


class BlockWeights:
    """What each block's layers count.

    Args:
        text: names of a preset, or weights with commas between them.

    Raises:
        InvalidRequest: it is neither, or there are weights for no known number of blocks.
    """

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._preset = _PRESETS.get(self._text.upper())
        self._weights: tuple[float, ...] = ()
        if self._preset is None:
            self._weights = _numbers(self._text)

    def weight(self, block: str, order: Sequence[str]) -> float:
        """The weight of a block: "BASE", a UNet's "IN04", "MID", "OUT11", or the number of a transformer's block.

        Args:
            block: the block; empty is outside of all blocks.
            order: all blocks of a transformer in order; of a UNet none.

        Raises:
            InvalidRequest: the number of weights fits no kind of model with such a block.
        """
        if self._preset is not None:
            names = self._preset.split()
            return float(not block or block in names or block.rstrip("0123456789") in names)
        if block == "BASE":
            return self._weights[0]
        names = list(order) if order else _SD.get(len(self._weights), "").split()
        if len(names) != len(self._weights) - 1:
            counts = ", ".join(map(str, _SD)) if not order else str(len(order) + 1)
            raise InvalidRequest(
                f"prompt: lbw= has {len(self._weights)} weights, and this model can use {counts}.",
                hint="The first is the text encoder's, then one for each block.", field="prompt",
            )  # fmt: skip
        if not block:  # of the layers outside of all blocks nothing is said
            return 1.0
        return self._weights[1 + names.index(block)] if block in names else 0.0


def block_of(name: str, original: str | None) -> str:
    """The block that a layer of the denoiser is in, by its name here and its original name; empty: in none."""
    match = _ORIGINAL.match(original or "")
    if match is not None:
        kind = {"input_blocks": "IN", "output_blocks": "OUT"}.get(match[1])
        return f"{kind}{int(match[2]):02}" if kind else "MID"
    match = _TRANSFORMER.match(name)
    return f"{match[1]}.{match[2]}" if match else ""


def _numbers(text: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        known = ", ".join(_PRESETS)
        raise InvalidRequest(
            f"prompt: 'lbw={text[:60]}' is no list of weights and no known name.",
            hint=f"Write numbers with commas between them, or one of {known}.", field="prompt",
        ) from None  # fmt: skip
    return numbers
