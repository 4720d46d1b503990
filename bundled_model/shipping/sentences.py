"""The fifty free sentences, a picture of each, and which of what a sentence names can be read in it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from bundled_model.captions.lessons import fifty
from bundled_model.judging.classifier import SIDE, Classifier, read_attributes, shrunk
from bundled_model.judging.generating import Order, Sampling, Studio
from bundled_model.scenes.attributes import ATTRIBUTES
from bundled_model.shipping.sheets import save_sheet

SENTENCES_FILE = "sentences.json"
PICTURE = "sentences.jpg"
COLUMNS = 10


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, what it names, and what is read of that in its picture: labels by attribute."""

    text: str
    named: dict[str, str]
    read: dict[str, str]

    def right(self) -> int:
        """How many of the named labels are read."""
        return sum(self.read[name] == label for name, label in self.named.items())


def paint_sentences(sampling: Sampling, judge: Classifier, seed: int) -> tuple[list[Told], list[np.ndarray]]:
    """A picture of each sentence, bytes (256, 256, 3), and what the judge reads in it. All have the same seed."""
    ideas = fifty()
    pictures = Studio(sampling).make([Order(idea.text, seed) for idea in ideas])
    rows = read_attributes(judge, np.stack(pictures)).tolist()
    told = []
    for idea, row in zip(ideas, rows, strict=True):
        seen = {name: labels[number] for (name, labels), number in zip(ATTRIBUTES.items(), row, strict=True)}
        named = {name: str(value) for name, value in idea.named().items()}
        told.append(Told(idea.text, named, {name: seen[name] for name in named}))
    return told, pictures


def keep_sentences(
    told: Sequence[Told], pictures: Sequence[np.ndarray], weights: str, file: Path, picture: Path
) -> None:
    """Write what was read in pictures of such weights as JSON, and the numbered pictures as one, row by row."""
    kept = {"weights": weights, "sentences": [asdict(each) for each in told]}
    file.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    cells = [numbered(shrunk(each[None])[0], number) for number, each in enumerate(pictures, start=1)]
    save_sheet(cells, min(COLUMNS, len(cells)), picture)


def numbered(pixels: np.ndarray, number: int) -> np.ndarray:
    """The picture (bytes) with a number in its upper left corner."""
    picture = Image.fromarray(pixels)
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = draw.textbbox((4, 2), str(number), font_size=SIDE // 9)
    draw.rectangle((left - 3, top - 2, right + 2, bottom + 2), fill="black")
    draw.text((4, 2), str(number), font_size=SIDE // 9, fill="white")
    return np.asarray(picture)


def summary(told: Sequence[Told]) -> str:
    """How much of what the sentences name is read in their pictures."""
    right, named = (sum(counts) for counts in zip(*((each.right(), len(each.named)) for each in told), strict=True))
    whole = sum(each.right() == len(each.named) for each in told)
    return (
        f"Of {named} things that the {len(told)} sentences name, {right} are read in their pictures "
        f"({100 * right / named:.0f} %); in {whole} pictures all that is named."
    )


def sentences_table(told: Sequence[Told]) -> str:
    """A Markdown table: what a sentence names, struck out with what is read instead where that is something else."""
    lines = ["| picture | sentence | read in it |", "|---|---|---|"]
    for number, each in enumerate(told, start=1):
        words = [
            label if each.read[name] == label else f"~~{label}~~ {each.read[name]}"
            for name, label in ((name, label) for name, label in each.named.items())
        ]
        lines.append(f"| {number} | {each.text} | {', '.join(words).replace('_', ' ')} |")
    return "\n".join(lines)
