"""The shift of flow-matching models that grows with the picture (Esser et al. 2024, section 5.3.2)."""

import math
from collections.abc import Mapping
from typing import Any

MOST_SHIFT = 1.15
"""The logarithm of the shift for large pictures, where a configuration leaves it out."""


def dynamic_shift(config: Mapping[str, Any], tokens: int, *, most: float = MOST_SHIFT) -> float | None:
    """The shift for pictures of so many tokens; None where the scheduler's configuration has a fixed one.

    Its logarithm grows along the straight line through the two points that the configuration names. `most` is that of
    the second one where the configuration leaves it out.
    """
    if not config.get("use_dynamic_shifting"):
        return None
    few, many = config.get("base_image_seq_len", 256), config.get("max_image_seq_len", 4096)
    low, high = config.get("base_shift", 0.5), config.get("max_shift", most)
    slope = (high - low) / (many - few)
    return math.exp(low + slope * (tokens - few))
