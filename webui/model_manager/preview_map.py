"""Keeps a model's preview map: beside the model as `preview.json`, or in memory where that folder is read-only."""

import json
from pathlib import Path

import torch

from webui.diffusion.families.base import Family
from webui.diffusion.preview import LatentPreview, fit_preview

PREVIEW_FILE = "preview.json"


def load_preview(folder: Path, family: Family) -> LatentPreview:
    """The preview map of the model in a folder: read, or fitted to its VAE and kept there."""
    path = folder / PREVIEW_FILE
    kept = _read(path, family.info.latent_channels)
    if kept is not None:
        return kept
    preview = fit_preview(family)
    _write(path, preview)
    return preview


def _read(path: Path, channels: int) -> LatentPreview | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        preview = LatentPreview(weights=torch.tensor(content["weights"]), bias=torch.tensor(content["bias"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return preview if preview.weights.shape == (channels, 3) and preview.bias.shape == (3,) else None


def _write(path: Path, preview: LatentPreview) -> None:
    """Best effort: where the folder cannot be written, the map is fitted again at the next load."""
    content = {"weights": preview.weights.tolist(), "bias": preview.bias.tolist()}
    try:
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        temporary.replace(path)
    except OSError:
        return
