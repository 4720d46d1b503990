"""Measures the bundled model: does a picture show what its prompt names, for combinations never trained on?"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from diffusers import StableDiffusionPipeline
from torch import Tensor

from bundled_model.captions.grammar import write_caption
from bundled_model.drawing.painter import paint
from bundled_model.judging.classifier import Classifier, accuracy, load_classifier, read_attributes
from bundled_model.learning.parallel import rank, run_together, world
from bundled_model.scenes.attributes import ATTRIBUTES, labels_of
from bundled_model.scenes.sampling import numbered_scene
from bundled_model.scenes.scene import Scene

PROMPT_SERIES = 81
DRAWN_SERIES = 82
BATCH = 20


def prompts_for(count: int) -> list[tuple[Scene, str, int]]:
    """Held-out scenes, a full caption of each, and the seed of its drawn picture."""
    chosen = []
    for index in range(count):
        scene, seed = numbered_scene(PROMPT_SERIES, index, held_out=True)
        chosen.append((scene, write_caption(scene, random.Random(seed), keep=1.0), seed))
    return chosen


@torch.inference_mode()
def generate(
    pipeline: StableDiffusionPipeline, prompts: list[str], *, steps: int, guidance: float, seed: int
) -> Iterator[np.ndarray]:
    """Pictures of the prompts, batch by batch: bytes, shape (n, 256, 256, 3)."""
    pipeline.set_progress_bar_config(disable=True)
    for start in range(0, len(prompts), BATCH):
        some = prompts[start : start + BATCH]
        generators = [torch.Generator().manual_seed(seed + start + index) for index in range(len(some))]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            result = pipeline(
                some,
                num_inference_steps=steps,
                guidance_scale=guidance,
                height=256,
                width=256,
                generator=generators,
                output_type="np",
            )
        yield (np.asarray(result[0]) * 255).round().clip(0, 255).astype(np.uint8)


def classifier_accuracy(judge: Classifier, count: int = 1000) -> dict[str, float]:
    """The judge on drawn pictures that it was not trained on, of all combinations."""
    numbered = [numbered_scene(DRAWN_SERIES, index, held_out=index % 6 == 0) for index in range(count)]
    pictures = np.stack([paint(*pair).pixels for pair in numbered])
    return accuracy(read_attributes(judge, pictures), labels_of([scene for scene, _ in numbered]))


@dataclass(frozen=True, slots=True)
class Trial:
    """What is measured: the exported `model`, by the judge in `folder`, on `count` prompts."""

    folder: Path
    model: Path
    count: int
    steps: int
    guidance: float


def read_generated(trial: Trial) -> Tensor:
    """Labels that the judge reads from a generated picture of each prompt, shape (count, 11).

    Where several processes call it together, each generates its share and all return all labels.
    """
    judge = load_classifier(trial.folder)
    pipeline = StableDiffusionPipeline.from_pretrained(trial.model, torch_dtype=torch.float32)
    prompts = [text for _, text, _ in prompts_for(trial.count)][rank() :: world()]
    read = []
    for pictures in generate(pipeline, prompts, steps=trial.steps, guidance=trial.guidance, seed=1 + rank() * 10**6):
        read.append(read_attributes(judge, pictures))
        print(f"process {rank()}: {sum(len(part) for part in read)} of {len(prompts)}", flush=True)
    shares: list[Tensor] = [torch.empty(0)] * world()
    shares[rank()] = torch.cat(read)
    if dist.is_initialized():
        dist.all_gather_object(shares, shares[rank()])
    labels = torch.zeros(trial.count, len(ATTRIBUTES), dtype=torch.long)
    for number, share in enumerate(shares):
        labels[number :: world()] = share
    return labels


def evaluate(trial: Trial, processes: int = 1) -> dict[str, object]:
    """All figures of the evaluation, written to `evaluation.json` in the trial's folder as well."""
    generated = run_together(partial(read_generated, trial), processes)
    judge = load_classifier(trial.folder)
    chosen = prompts_for(trial.count)
    true = labels_of([scene for scene, _, _ in chosen])
    drawn = np.stack([paint(scene, seed).pixels for scene, _, seed in chosen])
    scheduler = json.loads((trial.model / "scheduler" / "scheduler_config.json").read_text())
    figures: dict[str, object] = {
        "prompts": trial.count,
        "steps": trial.steps,
        "guidance": trial.guidance,
        "solver": scheduler["_class_name"],
        "classifier": classifier_accuracy(judge),
        "drawn": accuracy(read_attributes(judge, drawn), true),
        "generated": accuracy(generated, true),
    }
    (trial.folder / "evaluation.json").write_text(json.dumps(figures, indent=2) + "\n")
    return figures


def table(figures: dict[str, object]) -> str:
    """The figures as a Markdown table."""
    lines = ["| attribute | labels | judge on new drawings | drawn, same scenes | generated |", "|---|---|---|---|---|"]
    columns = [figures[name] for name in ("classifier", "drawn", "generated")]
    for name in (*ATTRIBUTES, "mean", "all"):
        values = [f"{column[name]:.1f} %" for column in columns if isinstance(column, dict)]
        labels = str(len(ATTRIBUTES[name])) if name in ATTRIBUTES else ""
        lines.append(f"| {name.replace('_', ' ')} | {labels} | {' | '.join(values)} |")
    return "\n".join(lines)
