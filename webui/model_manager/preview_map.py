"""Keeps a model's preview map: beside the model as `preview.json`, or in memory where that folder is read-only."""

from pathlib import Path

import torch

from webui.diffusion.families.base import Family
from webui.diffusion.preview import LatentPreview, fit_preview
from webui.errors import ViewUnavailable
from webui.model_manager.kept_json import keep, read_kept

PREVIEW_FILE = "preview.json"


def load_preview(folder: Path, family: Family) -> LatentPreview:
    """The preview map of the model in a folder: read, or fitted to its VAE and kept there.

    One whose latents cannot be decoded by themselves is shown in one colour.
    """
    path = folder / PREVIEW_FILE
    kept = _read(path, family.info.latent_channels)
    if kept is not None:
        return kept
    try:
        preview = fit_preview(family)
    except ViewUnavailable:
        return LatentPreview(weights=torch.zeros(family.info.latent_channels, 3), bias=torch.full((3,), 0.5))
    keep(path, {"weights": preview.weights.tolist(), "bias": preview.bias.tolist()})
    return preview


def _read(path: Path, channels: int) -> LatentPreview | None:
    content = read_kept(path)
    try:
        preview = LatentPreview(weights=torch.tensor(content["weights"]), bias=torch.tensor(content["bias"]))
    except (ValueError, TypeError, KeyError):
        return None
    return preview if preview.weights.shape == (channels, 3) and preview.bias.shape == (3,) else None
