"""How many labels were read right, and which were taken for which."""

from collections import Counter
from collections.abc import Mapping

import torch
from torch import Tensor

from bundled_model.scenes.attributes import ATTRIBUTES

ABSENT = "none"
PRESENT_ONLY = ("season", "light_place", "subject_place", "count", "colour")
"""Attributes that are measured over the scenes that have them only; the others are measured over all scenes."""


def counted(true: Tensor) -> Tensor:
    """Which labels are measured: those of all attributes that the scenes have; true or false, shape (n, 11)."""
    counts = torch.ones_like(true, dtype=torch.bool)
    for column, (name, labels) in enumerate(ATTRIBUTES.items()):
        if name in PRESENT_ONLY:
            counts[:, column] = true[:, column] != labels.index(ABSENT)
    return counts


def scenes_measured(true: Tensor) -> dict[str, int]:
    """Over how many scenes each attribute is measured."""
    return dict(zip(ATTRIBUTES, counted(true).sum(dim=0).tolist(), strict=True))


def accuracy(read: Tensor, true: Tensor) -> dict[str, float]:
    """Share of labels read right, in percent, by attribute.

    Args:
        read: Label numbers, shape (n, 11).
        true: What is right, likewise.

    Returns:
        A value for each attribute that any scene has, their 'mean', and as 'all' the share of pictures of which
        everything that is measured was read right.
    """
    counts, right = counted(true), read == true
    figures = {
        name: 100 * float(right[counts[:, column], column].float().mean())
        for column, name in enumerate(ATTRIBUTES)
        if counts[:, column].any()
    }
    figures["mean"] = sum(figures.values()) / len(figures)
    figures["all"] = 100 * float((right | ~counts).all(dim=1).float().mean())
    return {name: round(value, 1) for name, value in figures.items()}


def confusions(read: Tensor, true: Tensor, most: int = 3) -> dict[str, list[str]]:
    """The commonest mistakes by attribute: "storm as rain: 12 of 40" means that 12 of 40 storms were read as rain."""
    counts = counted(true)
    found = {}
    for column, (name, labels) in enumerate(ATTRIBUTES.items()):
        rows = counts[:, column]
        pairs = list(zip(true[rows, column].tolist(), read[rows, column].tolist(), strict=True))
        of = Counter(meant for meant, _ in pairs)
        wrong = Counter((meant, seen) for meant, seen in pairs if meant != seen)
        found[name] = [
            f"{labels[meant]} as {labels[seen]}: {times} of {of[meant]}"
            for (meant, seen), times in wrong.most_common(most)
        ]
    return found


def table(columns: Mapping[str, Mapping[str, float]], scenes: Mapping[str, int]) -> str:
    """Accuracies as a Markdown table: a column each, under its heading, and a row for each attribute.

    Args:
        columns: Heading and what `accuracy` returned.
        scenes: What `scenes_measured` returned.
    """
    lines = [f"| attribute | labels | scenes | {' | '.join(columns)} |", "|---" * (3 + len(columns)) + "|"]
    for name in (*ATTRIBUTES, "mean", "all"):
        values = [f"{column[name]:.1f} %" if name in column else "" for column in columns.values()]
        labels = str(len(ATTRIBUTES[name]) - (name in PRESENT_ONLY)) if name in ATTRIBUTES else ""
        scenes_of = f"{scenes[name]:,}" if name in scenes else ""
        lines.append(f"| {name.replace('_', ' ')} | {labels} | {scenes_of} | {' | '.join(values)} |")
    return "\n".join(lines)
