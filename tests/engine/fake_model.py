"""A model's folder that the catalogue takes for whole: the right files, with next to nothing in them."""

import json
from pathlib import Path

NAME = "fake"


def make_model(models_dir: Path, name: str = NAME) -> Path:
    """Write a Stable Diffusion folder below `models_dir`; returns it."""
    folder = models_dir / "checkpoints" / name
    _write(folder / "model_index.json", {"_class_name": "StableDiffusionPipeline"})
    _write(folder / "unet" / "config.json", {"sample_size": 32})
    _write(folder / "vae" / "config.json", {"block_out_channels": [8, 8, 8, 8]})
    _write(folder / "text_encoder" / "config.json", {})
    for part in ("unet", "vae", "text_encoder"):
        header = json.dumps({"weight": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
        weights = len(header).to_bytes(8, "little") + header + bytes(4)
        (folder / part / "model.safetensors").write_bytes(weights)
    return folder


def _write(file: Path, values: dict) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(values), encoding="utf-8")
