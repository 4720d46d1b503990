"""Measures finished LoRAs: do their weights act smoothly, can the scene still be read, do two of them mix?"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from bundled_model.drawing.painter import paint
from bundled_model.judging.classifier import Classifier
from bundled_model.judging.generating import Order, Sampling, Studio
from bundled_model.learning.lora.judge import read_right
from bundled_model.learning.lora.looks import LOOKS
from bundled_model.learning.lora.settings import Places
from bundled_model.learning.lora.store import look_scene, plain_caption
from bundled_model.scenes.scene import Scene
from bundled_model.shipping.sheets import save_sheet

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
MIXES = ((0.0, 0.0), (1.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5), (0.0, 1.0), (1.0, 1.0))
"""The weights of two LoRAs at once, as many as `WEIGHTS`, so that they make rows of the same sheet."""
NEARLY = 0.02
"""A fall of the distance by this share of the largest one is no fall."""
PROMPT_SERIES = 94
SHOWN = 3
"""Prompts of each look on the sheet."""
PAIRS_SHOWN = 2
"""Prompts of each pair on the sheet."""
MIXED = 4
"""Prompts of each pair."""
FIGURES_FILE, SHEET_FILE = "loras.json", "loras.png"
Pictures = list[np.ndarray]


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt of the measurement: a held-out scene, a sentence for it, and the seed of paint and noise."""

    scene: Scene
    prompt: str
    seed: int


class Mixer:
    """Makes pictures with LoRAs at any weights."""

    def __init__(self, places: Places, names: Sequence[str], sampling: Sampling) -> None:
        """Load the model with all LoRAs of these names, switched off."""
        self.names = list(names)
        self._studio = Studio(sampling)
        for name in names:
            self._studio.pipeline.load_lora_weights(str(places.file(name)), adapter_name=name)

    def make(self, asked: Sequence[Asked], triggers: Sequence[str], weights: Mapping[str, float]) -> Pictures:
        """A picture of each prompt with these words behind it; LoRAs that have no weight are off."""
        self._studio.pipeline.set_adapters(self.names, [weights.get(name, 0.0) for name in self.names])
        words = "".join(f", {trigger}" for trigger in triggers)
        return self._studio.make([Order(each.prompt + words, each.seed) for each in asked])


def measure(places: Places, names: Sequence[str], count: int, sampling: Sampling, judge: Classifier) -> dict[str, Any]:
    """All figures, written to `loras.json` in the training folder, with a contact sheet as `loras.png`.

    A row of the sheet has one prompt at all `WEIGHTS`, or with two LoRAs at all `MIXES`.

    Args:
        places: Where the finished LoRAs and the working files are.
        names: Of the looks.
        count: Prompts of each look.
        sampling: The model, and how pictures are made.
        judge: Reads the pictures.
    """
    mixer = Mixer(places, names, sampling)
    asked = asked_for(count)
    rows: list[Pictures] = []
    looks = {name: _look(mixer, judge, name, asked, rows) for name in names}
    pairs = {f"{a} + {b}": _pair(mixer, (a, b), asked[:MIXED], rows) for a, b in combinations(names, 2)}
    figures: dict[str, Any] = {
        "prompts": count, "steps": sampling.steps, "guidance": sampling.guidance, "looks": looks, "pairs": pairs,
    }  # fmt: skip
    (places.training / FIGURES_FILE).write_text(json.dumps(figures, indent=2) + "\n")
    save_sheet([picture for row in rows for picture in row], len(WEIGHTS), places.training / SHEET_FILE, cell=128)
    return figures


def asked_for(count: int) -> list[Asked]:
    """The prompts of the measurement: scenes of combinations that were never trained on."""
    chosen = [look_scene(index, held_out=True, series=PROMPT_SERIES) for index in range(count)]
    return [Asked(scene, plain_caption(scene, random.Random(seed)), seed) for scene, seed in chosen]


def _look(mixer: Mixer, judge: Classifier, name: str, asked: Sequence[Asked], rows: list[Pictures]) -> dict[str, Any]:
    """How one LoRA acts from weight to weight; its part of the sheet is added to `rows`."""
    made = {weight: mixer.make(asked, [LOOKS[name].trigger], {name: weight}) for weight in WEIGHTS}
    rows += [[made[weight][index] for weight in WEIGHTS] for index in range(min(SHOWN, len(asked)))]
    drawn = [paint(each.scene, each.seed, medium=name).pixels for each in asked]
    scenes = [each.scene for each in asked]
    distances = [distance(made[weight], made[0.0]) for weight in WEIGHTS]
    return {
        "distance to weight 0": by_weight(distances),
        "rises": rises(distances),
        "distance to the drawing": by_weight([distance(made[weight], drawn) for weight in WEIGHTS]),
        "read at weight 0": read_right(judge, made[0.0], scenes),
        "read at weight 1": read_right(judge, made[1.0], scenes),
        "read from drawings of the look": read_right(judge, drawn, scenes),
    }


def _pair(mixer: Mixer, pair: tuple[str, str], asked: Sequence[Asked], rows: list[Pictures]) -> dict[str, Any]:
    """Whether two at half their weights make something between what each of them makes."""
    first, second = pair
    triggers = [LOOKS[name].trigger for name in pair]
    plain, one, half, both, other_half, other, full = (
        mixer.make(asked, triggers, dict(zip(pair, weights, strict=True))) for weights in MIXES
    )
    rows += [list(row) for row in zip(plain, one, half, both, other_half, other, full, strict=True)][:PAIRS_SHOWN]
    apart = distance(one, other)
    near = {first: distance(both, one), second: distance(both, other)}
    return {
        "apart": round(apart, 2),
        "mix to plain": round(distance(both, plain), 2),
        **{f"mix to {name}": round(value, 2) for name, value in near.items()},
        "between": all(value < apart for value in near.values()),
    }


def distance(these: Sequence[np.ndarray], those: Sequence[np.ndarray]) -> float:
    """Root of the mean square difference of two pictures in levels of 255, in the mean over pairs of pictures."""
    pairs = zip(these, those, strict=True)
    return float(np.mean([np.sqrt(np.square(one.astype(np.float32) - other).mean()) for one, other in pairs]))


def rises(distances: Sequence[float]) -> bool:
    """Whether the distances grow from each to the next, or fall by next to nothing."""
    slack = NEARLY * max(distances)
    return all(after > before - slack for before, after in pairwise(distances))


def by_weight(values: Sequence[float]) -> dict[str, float]:
    """Values at `WEIGHTS`, rounded, by weight."""
    return {f"{weight:g}": round(value, 2) for weight, value in zip(WEIGHTS, values, strict=True)}


def table(figures: Mapping[str, Any]) -> str:
    """What the figures say in short, as Markdown tables."""
    heads = [f"{weight:g}" for weight in WEIGHTS]
    lines = [f"| look | {' | '.join(heads)} | rises | read | drawn |", "|---" * (len(heads) + 4) + "|"]
    for name, told in figures["looks"].items():
        values = [f"{told['distance to weight 0'][head]:.1f}" for head in heads]
        read, drawn = told["read at weight 1"]["mean"], told["read from drawings of the look"]["mean"]
        lines.append(f"| {name} | {' | '.join(values)} | {_yes(told['rises'])} | {read:.1f} % | {drawn:.1f} % |")
    if figures["pairs"]:
        lines += ["", "| pair | their mix lies between them |", "|---|---|"]
        lines += [f"| {name} | {_yes(told['between'])} |" for name, told in figures["pairs"].items()]
    return "\n".join(lines)


def _yes(true: bool) -> str:
    return "yes" if true else "no"
