"""Weights that change along a walk, as the extension `sd-webui-loractl` writes them: `0@0,1@0.5`. Pure."""

from math import isfinite

StepWeights = tuple[tuple[float, float], ...]
"""(position, weight), positions ascending: shares of the walk from 0 to 1, or steps if the last one is above 1."""

_MOST = 64


def read_step_weights(text: str) -> StepWeights | None:
    """The points of `weight@position,weight@position`; a weight alone stands at position 1.

    None where the text is no such thing.
    """
    points: list[tuple[float, float]] = []
    for part in text.replace(";", ",").split(","):
        weight, _, position = part.partition("@")
        try:
            point = (float(position) if position else 1.0, float(weight))
        except ValueError:
            return None
        if not (isfinite(point[0]) and isfinite(point[1]) and point[0] >= 0):
            return None
        points.append(point)
    return tuple(sorted(points)) if 0 < len(points) <= _MOST else None


def weight_at(points: StepWeights, step: int, steps: int) -> float:
    """The weight at a step (from 0) of so many, between two points on the straight line; outside of them it stays."""
    position = float(step) if points[-1][0] > 1 else step / max(steps - 1, 1)
    before = points[0]
    if position <= before[0]:
        return before[1]
    for after in points[1:]:
        if position < after[0]:
            share = (position - before[0]) / (after[0] - before[0])
            return before[1] + share * (after[1] - before[1])
        before = after
    return before[1]
