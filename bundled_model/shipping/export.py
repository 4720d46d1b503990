"""Writes the trained parts as a diffusers folder that loads with no code of this project."""

import json
import shutil
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from transformers import CLIPTokenizer

from bundled_model.captions.tokenizer import tokenizer_in
from bundled_model.learning.autoencoder import load_autoencoder
from bundled_model.learning.denoiser import build_scheduler, load_denoiser
from bundled_model.learning.latents import LatentStore
from bundled_model.learning.reader import READER_FILE, load_reader, write_reader
from bundled_model.learning.text_encoder import load_text_encoder
from bundled_model.shipping.card import write_card


def build_pipeline(folder: Path) -> StableDiffusionPipeline:
    """The pipeline of what the training folder holds, in single precision on the processor."""
    autoencoder = load_autoencoder(folder).cpu()
    autoencoder.register_to_config(scaling_factor=LatentStore.scale_in(folder))
    return StableDiffusionPipeline(
        vae=autoencoder,  # type: ignore[arg-type]
        text_encoder=load_text_encoder(folder),
        tokenizer=tokenizer_in(folder),
        unet=load_denoiser(folder),
        scheduler=build_scheduler(),  # type: ignore[arg-type]
        safety_checker=None,  # type: ignore[arg-type]
        feature_extractor=None,  # type: ignore[arg-type]
        requires_safety_checker=False,
    )


def export_pipeline(folder: Path, target: Path) -> int:
    """Write what the training folder holds to `target`, half precision; returns the size in bytes.

    The picture reader joins it if it has been trained. What was measured of former weights goes; their preview stays
    until there is a new one.
    """
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    write_pipeline(build_pipeline(folder), part)
    if (folder / READER_FILE).exists():
        write_reader(load_reader(folder), part)
    write_card(folder, part)
    if (preview := target / "preview.png").exists():
        shutil.copy(preview, part)
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)
    return sum(file.stat().st_size for file in target.rglob("*") if file.is_file())


def write_pipeline(pipeline: StableDiffusionPipeline, folder: Path) -> None:
    """Write a pipeline in half precision, so that other programs, old and new ones, load it too."""
    pipeline.to(torch.float16)
    pipeline.save_pretrained(folder, safe_serialization=True)
    _declare_single_precision(folder / "text_encoder" / "config.json")
    _write_classic_tokenizer(pipeline.tokenizer, folder / "tokenizer")


def _declare_single_precision(config: Path) -> None:
    """Have transformers load the text encoder in single precision unless asked otherwise, as diffusers loads the rest.

    transformers 5 follows the stored type by default, and the two halves of the pipeline would not fit together.
    """
    values = json.loads(config.read_text(encoding="utf-8"))
    values["dtype"] = "float32"
    config.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def _write_classic_tokenizer(tokenizer: CLIPTokenizer, folder: Path) -> None:
    """Write vocab.json and merges.txt beside tokenizer.json, for programs that read only those."""
    model = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    (folder / "vocab.json").write_text(json.dumps(model["vocab"], ensure_ascii=False), encoding="utf-8")
    merges = "\n".join(" ".join(pair) for pair in model["merges"])
    (folder / "merges.txt").write_text(f"#version: 0.2\n{merges}\n", encoding="utf-8")
