"""What a reader says of a picture. Pure data; no torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_LABELS = 5
"""Of each attribute, the likeliest ones are told."""
_PLACES = 4
"""Decimals that are told."""


@dataclass(frozen=True, slots=True)
class AttributeRead:
    """An attribute, with its labels and their probabilities, the likeliest first."""

    name: str
    labels: tuple[tuple[str, float], ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values; the first label is the answer."""
        told = [{"label": label, "score": round(score, _PLACES)} for label, score in self.labels[:MOST_LABELS]]
        return {"name": self.name, **told[0], "labels": told}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reader says: a sentence, and attributes where it knows any."""

    reader: str
    kind: str
    sentence: str
    attributes: tuple[AttributeRead, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "reader": self.reader,
            "kind": self.kind,
            "sentence": self.sentence,
            "attributes": [attribute.to_json() for attribute in self.attributes],
        }


def tags_of(reading: Mapping[str, Any]) -> str:
    """What a reading names, parted by commas: the answer to each attribute but for those that are none."""
    named = (attribute["label"].replace("_", " ") for attribute in reading["attributes"])
    return ", ".join(dict.fromkeys(label for label in named if label != "none"))
