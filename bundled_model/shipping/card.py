"""Fills what was measured into README.md and into the model's card, so that nobody copies figures by hand."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors import safe_open

from bundled_model.judging.accuracy import ABSENT
from bundled_model.judging.evaluation import EVALUATION_FILE, accuracy_table
from bundled_model.judging.generating import weights_of
from bundled_model.judging.reading import READING_FILE, reader_of, reading_table
from bundled_model.judging.seams import SEAMS_FILE
from bundled_model.judging.speed import megabytes
from bundled_model.options import CODE_FOLDER
from bundled_model.scenes.attributes import ATTRIBUTES
from bundled_model.shipping.sections import cleared, filled
from bundled_model.shipping.sentences import SENTENCES_FILE, Told, sentences_table, summary

README = CODE_FOLDER / "README.md"
CARD = Path(__file__).parent / "model_card.md"
PARTS = {
    "unet": "denoiser",
    "vae": "autoencoder",
    "text_encoder": "text encoder",
    "image_encoder": "picture reader",
}
"""Folders of the model with weights, and what they are."""


def write_cards(folder: Path, model: Path) -> list[Path]:
    """Fill README.md in its place, and write the model's card; returns both files.

    Args:
        folder: The training folder, with the JSON files of the commands that measure.
        model: The folder of the exported model.
    """
    sections = sections_of(folder, model)
    README.write_text(filled(README.read_text(encoding="utf-8"), sections), encoding="utf-8")
    return [README, write_card(folder, model)]


def write_card(folder: Path, model: Path) -> Path:
    """Write the card into the model's folder; what was not measured is left out. Returns its file."""
    card = model / "README.md"
    card.write_text(cleared(filled(CARD.read_text(encoding="utf-8"), sections_of(folder, model))), encoding="utf-8")
    return card


def sections_of(folder: Path, model: Path) -> dict[str, str]:
    """The sections for which there are figures, by name."""
    sections = {"attributes": attributes_table(), "parts": parts_table(model)}
    weights = weights_of(model)
    if reading := _measured(folder / READING_FILE, reader_of(model), "reader"):
        sections["reading"] = reading_table(reading)
    if evaluation := _measured(folder / EVALUATION_FILE, weights):
        # The reader is no part of what pictures depend on: it may have come or gone since.
        evaluation["megabytes"] = megabytes(model)
        for name, written in EVALUATED.items():
            sections[name] = written(evaluation)
    if seams := _measured(folder / SEAMS_FILE, weights):
        sections["seams"] = seams_sentence(seams)
    if kept := _measured(folder / SENTENCES_FILE, weights):
        told = [Told(**values) for values in kept["sentences"]]
        sections |= {"sentences": sentences_table(told), "sentences_summary": summary(told)}
    return sections


def attributes_table() -> str:
    """Every attribute with its labels."""
    rows = ["| attribute | labels |", "|---|---|"]
    for name, labels in ATTRIBUTES.items():
        rows.append(f"| {name} | {', '.join(label for label in labels if label != ABSENT)} |".replace("_", " "))
    return "\n".join(rows)


def parts_table(model: Path) -> str:
    """The parts of the model with their classes, parameters and sizes."""
    rows = ["| part | class | parameters | MB |", "|---|---|---|---|"]
    for name, meaning in PARTS.items():
        if (model / name).is_dir():
            config = json.loads((model / name / "config.json").read_text(encoding="utf-8"))
            kind = config.get("_class_name") or config["architectures"][0]
            files = sorted((model / name).glob("*.safetensors"))
            million = sum(_parameters(file) for file in files) / 1e6
            size = sum(file.stat().st_size for file in files) / 1e6
            rows.append(f"| {meaning} | `{kind}` | {million:.1f} million | {size:.1f} |")
    return "\n".join(rows)


def _parameters(file: Path) -> int:
    with safe_open(file, "numpy") as weights:
        return sum(math.prod(weights.get_slice(name).get_shape()) for name in weights.keys())


def settings_sentence(figures: dict[str, Any]) -> str:
    """How many pictures were made, and how."""
    *others, last = [f"{count:,} of {size}" for size, count in figures["sizes"].items()]
    sizes = f"{', '.join(others)} and {last}" if others else last
    return (
        f"{figures['prompts']:,} prompts ({sizes} pixels), {figures['steps']} steps of {figures['solver']}, "
        f"guidance {figures['guidance']:g}."
    )


def psnr_table(figures: dict[str, Any]) -> str:
    """How well the autoencoder restores drawings, by style."""
    found = figures.get("autoencoder_psnr", {})
    rows = [
        ("drawings of", *found),
        ("---", *("---" for _ in found)),
        ("PSNR, dB", *(f"{v:.1f}" for v in found.values())),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) if found else ""


def diversity_sentence(figures: dict[str, Any]) -> str:
    """How different pictures of one prompt are."""
    found = figures["diversity"]
    return (
        f"Pictures of one prompt differ {found['features']:.2f} times as much as drawings of the same scene do "
        f"(by their pixels: {found['pixels']:.2f} times)."
    )


def speed_sentence(figures: dict[str, Any]) -> str:
    """How long a picture takes, on what, and how large the model is."""
    machine = figures["machine"]
    cores = "one processor core" if machine["threads"] == 1 else f"{machine['threads']} processor cores"
    where = cores if machine["device"] == "processor" else machine["device"]
    return (
        f"A picture of 256x256 pixels takes {figures['seconds_per_picture']:.1f} seconds on {where} "
        f"({figures['steps']} steps with guidance, bfloat16). The model's folder has {figures['megabytes']:.0f} MB."
    )


def mistakes_list(figures: dict[str, Any]) -> str:
    """What generated pictures are mistaken for most, by attribute."""
    return "\n".join(
        f"- {name.replace('_', ' ')}: {'; '.join(found).replace('_', ' ')}"
        for name, found in figures["mistakes"].items()
        if found
    )


def seams_sentence(figures: dict[str, Any]) -> str:
    """How much the edges of repainted parts show."""
    mean = figures["mean"]
    return (
        f"Over {len(figures['cases'])} cases, neighbouring pixels differ {mean['seam']:.2f} times as much across the "
        f"edge of the repainted part as beside it; in the pictures before, at the same edges, "
        f"{mean['before']:.2f} times."
    )


EVALUATED: dict[str, Callable[[dict[str, Any]], str]] = {
    "settings": settings_sentence,
    "accuracy": accuracy_table,
    "psnr": psnr_table,
    "diversity": diversity_sentence,
    "speed": speed_sentence,
    "mistakes": mistakes_list,
}
"""What is written of an evaluation, by the name of its section."""


def _measured(file: Path, weights: str, of: str = "weights") -> dict[str, Any]:
    """What was measured of just these weights; nothing where that was of others, or nobody measured."""
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return kept if kept.get(of) == weights else {}
