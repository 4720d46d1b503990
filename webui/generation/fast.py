"""Presets that trade exactness for speed: at some steps most of the network is not computed but guessed. Pure data.

They are diffusers' own, and only for the transformers that its caches know: FLUX.1, Chroma, FLUX.2 and Qwen-Image.
There are none for UNets (Stable Diffusion, SDXL), nor for Stable Diffusion 3 and Z-Image.
"""

from collections.abc import Mapping
from dataclasses import dataclass

EXACT = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FastPreset:
    """A preset: its label, and what it does in a sentence."""

    label: str
    told: str


PRESETS: Mapping[str, FastPreset] = {
    "fast": FastPreset(
        label="Fast: skips steps that change little",
        told="First-block cache: where the first block of the network says nearly what it said before, the change that "
        "the others made then is taken again.",
    ),
    "faster": FastPreset(
        label="Faster: computes about three steps in ten",
        told="TaylorSeer (Liu et al. 2025): after the first three steps every fifth is computed, and the line through "
        "the last two of these is followed in between.",
    ),
}
