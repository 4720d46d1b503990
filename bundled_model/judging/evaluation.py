"""Measures the bundled model: does a picture show what its prompt names, for combinations never trained on?

Beside that: how different pictures of one prompt are, how well the autoencoder restores drawings, how long a picture
takes, and how much room the model does.
"""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from bundled_model.captions.grammar import write_caption
from bundled_model.drawing.canvas import Size
from bundled_model.drawing.painter import SIZES, paint
from bundled_model.judging.accuracy import accuracy, confusions, scenes_measured, table
from bundled_model.judging.classifier import Classifier, load_classifier, read_attributes, shrunk
from bundled_model.judging.diversity import diversities, diversity_orders, drawn_likewise
from bundled_model.judging.generated_store import generated
from bundled_model.judging.generating import Order, Sampling, weights_of
from bundled_model.judging.speed import machine, megabytes, seconds_per_picture
from bundled_model.learning.autoencoder import AUTOENCODER_FILE, psnr
from bundled_model.learning.drawings import size_of
from bundled_model.learning.stopping import Stop
from bundled_model.scenes.attributes import labels_of
from bundled_model.scenes.sampling import numbered_scene
from bundled_model.scenes.scene import Scene

PROMPT_SERIES = 81
DRAWN_SERIES = 82
NEW_DRAWINGS = 1000
RESTORED = 40
"""Drawings of each style that the autoencoder is measured on."""
EVALUATION_FILE = "evaluation.json"


@dataclass(frozen=True, slots=True)
class Trial:
    """What is measured: a model, by the judge in `folder`, on `count` prompts, of one `size` or the training's mix."""

    folder: Path
    sampling: Sampling
    count: int = 1000
    size: Size | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt of the trial: what is to be seen, its full caption, and the seed and size of its pictures."""

    scene: Scene
    prompt: str
    seed: int
    size: Size


def asked_in(trial: Trial) -> list[Asked]:
    """All prompts of the trial: held-out scenes, each told in full."""
    chosen = []
    for index in range(trial.count):
        scene, seed = numbered_scene(PROMPT_SERIES, index, held_out=True)
        prompt = write_caption(scene, random.Random(seed), keep=1.0)
        chosen.append(Asked(scene, prompt, seed, trial.size or SIZES[size_of(index)]))
    return chosen


def evaluate(trial: Trial, processes: int = 1, stop: Stop | None = None) -> dict[str, Any] | None:
    """All figures, which are written to `evaluation.json` in the trial's folder as well; None where it was stopped."""
    stop = stop or Stop()
    asked = asked_in(trial)
    orders = [Order(each.prompt, each.seed, each.size) for each in asked]
    pictures = generated(trial.folder, trial.sampling, orders, processes, stop)
    alike = generated(trial.folder, trial.sampling, diversity_orders(), processes, stop)
    if pictures is None or alike is None:
        return None
    judge = load_classifier(trial.folder)
    figures = _settings(trial, asked) | _readings(judge, asked, pictures)
    figures["diversity"] = diversities(judge, alike, drawn_likewise())
    if (trial.folder / AUTOENCODER_FILE).exists():
        figures["autoencoder_psnr"] = psnr(trial.folder, count=RESTORED)
    figures["seconds_per_picture"] = seconds_per_picture(trial.sampling)
    figures["machine"] = machine()
    figures["megabytes"] = megabytes(trial.sampling.model)
    (trial.folder / EVALUATION_FILE).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return figures


def _settings(trial: Trial, asked: list[Asked]) -> dict[str, Any]:
    scheduler = trial.sampling.model / "scheduler" / "scheduler_config.json"
    sizes = [each.size for each in asked]
    return {
        "weights": weights_of(trial.sampling.model),
        "prompts": trial.count,
        "sizes": {f"{size[0]}x{size[1]}": sizes.count(size) for size in SIZES if size in sizes},
        "steps": trial.sampling.steps,
        "guidance": trial.sampling.guidance,
        "solver": json.loads(scheduler.read_text(encoding="utf-8"))["_class_name"],
    }


def _readings(judge: Classifier, asked: list[Asked], pictures: np.ndarray) -> dict[str, Any]:
    """What the judge reads from generated pictures, from drawings of the same scenes, and from other new drawings."""
    true = labels_of([each.scene for each in asked])
    drawn = read_attributes(judge, np.concatenate([_drawn(each.scene, each.seed, each.size) for each in asked]))
    read = read_attributes(judge, pictures)
    sizes = [each.size for each in asked]
    by_size = {
        f"{size[0]}x{size[1]}": accuracy(*(labels[_rows(sizes, size)] for labels in (read, true)))
        for size in SIZES
        if size in sizes
    }
    return {
        "scenes": scenes_measured(true),
        "classifier": classifier_accuracy(judge, NEW_DRAWINGS),
        "drawn": accuracy(drawn, true),
        "generated": accuracy(read, true),
        "generated_by_size": by_size,
        "mistakes": confusions(read, true),
        "mistakes_on_drawings": confusions(drawn, true),
    }


def _rows(sizes: list[Size], size: Size) -> Tensor:
    return torch.tensor([each == size for each in sizes])


def new_drawings(count: int) -> tuple[np.ndarray, Tensor]:
    """Drawings that nothing was trained on, of all combinations and sizes, as the judge sees them; and their labels."""
    numbered = [numbered_scene(DRAWN_SERIES, index, held_out=index % 10 == 0) for index in range(count)]
    pictures = [_drawn(scene, seed, SIZES[size_of(index)]) for index, (scene, seed) in enumerate(numbered)]
    return np.concatenate(pictures), labels_of([scene for scene, _ in numbered])


def classifier_accuracy(judge: Classifier, count: int) -> dict[str, float]:
    """The judge on new drawings."""
    pictures, true = new_drawings(count)
    return accuracy(read_attributes(judge, pictures), true)


def _drawn(scene: Scene, seed: int, size: Size) -> np.ndarray:
    return shrunk(paint(scene, seed, size).pixels[None])


def accuracy_table(figures: dict[str, Any]) -> str:
    """The accuracies of an evaluation as a Markdown table."""
    headings = {
        "classifier": "judge on new drawings",
        "drawn": "drawn, same scenes",
        "generated": "generated",
    }
    return table({heading: figures[name] for name, heading in headings.items()}, figures["scenes"])
