"""Measures the picture reader as it ships: what "What is this?" says of drawings that nothing was trained on."""

from pathlib import Path
from typing import Any

import torch
from PIL import Image

from bundled_model.drawing.painter import SIZES, paint
from bundled_model.judging.accuracy import accuracy, confusions, scenes_measured, table
from bundled_model.judging.generating import digest_of
from bundled_model.learning.drawings import size_of
from bundled_model.scenes.attributes import ATTRIBUTES, labels_of
from bundled_model.scenes.sampling import numbered_scene
from webui.model_manager.catalogue import Catalogue
from webui.readers.questions import QUESTIONS_FILE
from webui.readers.readers import load_reader
from webui.readers.reading import Reading
from webui.readers.shelf import IMAGE_ENCODER, TEXT_ENCODER, ReaderShelf

SERIES = 83
"""Seed of the series of new drawings."""
READING_FILE = "reading.json"


def measure_reading(model: Path, count: int) -> dict[str, Any]:
    """How many attributes of drawings of held-out combinations, of the training's sizes, the model's reader gets right.

    Args:
        model: its folder, in the folder `checkpoints` of a models folder.
        count: how many drawings.

    Raises:
        ModelNotFound, ModelUnusable: the model brings no reader, or none that can be used.
    """
    models_dirs = (model.resolve().parents[1],)
    reader = load_reader(ReaderShelf(Catalogue(models_dirs), models_dirs).find(model.name))
    numbered = [numbered_scene(SERIES, index, held_out=True) for index in range(count)]
    pictures = (paint(scene, seed, SIZES[size_of(index)]).pixels for index, (scene, seed) in enumerate(numbered))
    read = torch.tensor([_labels(reader.read(Image.fromarray(picture))) for picture in pictures])
    true = labels_of([scene for scene, _ in numbered])
    return {
        "reader": reader_of(model),
        "drawings": count,
        "scenes": scenes_measured(true),
        "accuracy": accuracy(read, true),
        "mistakes": confusions(read, true),
    }


def reading_table(figures: dict[str, Any]) -> str:
    """The accuracies as a Markdown table."""
    return table({"reader on new drawings": figures["accuracy"]}, figures["scenes"])


def reader_of(model: Path) -> str:
    """A name for all that the reader's answers depend on; "" where the model brings none."""
    if not (model / QUESTIONS_FILE).is_file():
        return ""
    return digest_of(model / QUESTIONS_FILE, model / IMAGE_ENCODER, model / TEXT_ENCODER)


def _labels(reading: Reading) -> list[int]:
    """The numbers of the likeliest labels, in the order of `ATTRIBUTES`."""
    answers = {attribute.name: attribute.labels[0][0] for attribute in reading.attributes}
    return [labels.index(answers[name]) for name, labels in ATTRIBUTES.items()]
