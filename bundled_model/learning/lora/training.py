"""Trains the LoRA of a look on the exported model, whose own weights stay as they are.

Whoever has the model can train: nothing of the model's own training is needed. A stopped run goes on where it ended;
one that was begun on another model, or with other settings, is begun again.
"""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline
from PIL import Image

from bundled_model.judging.generating import Order, Sampling, Studio
from bundled_model.learning.denoiser import DenoiserSettings, VelocityLoss, denoiser_to_fastest
from bundled_model.learning.lora.adapter import Adapter
from bundled_model.learning.lora.file import Training, write_lora
from bundled_model.learning.lora.looks import LOOKS
from bundled_model.learning.lora.settings import LoraSettings, Places
from bundled_model.learning.lora.store import LookStore
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import Budget, Trainer, to_fastest

ADAPTER_FILE = "adapter.pt"
BASE_FILE = "base.json"
PREVIEW_SEED = 7


@dataclass(frozen=True, slots=True)
class Base:
    """The model that a LoRA changes, as it was exported."""

    pipeline: Any
    name: str
    digest: str

    @classmethod
    def load(cls, folder: Path) -> "Base":
        """The pipeline in single precision."""
        pipeline = StableDiffusionPipeline.from_pretrained(folder, dtype=torch.float32)
        pipeline.set_progress_bar_config(disable=True)
        return cls(pipeline, folder.name, digest_of(folder))


def digest_of(folder: Path) -> str:
    """SHA-256 of all that a LoRA's training depends on in an exported model: its weights and its tokenizer."""
    digest = hashlib.sha256()
    for file in sorted((*folder.glob("*/*.safetensors"), *folder.glob("tokenizer/*.json"))):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def train_lora(name: str, places: Places, budget: Budget, stop: Stop, settings: LoraSettings | None = None) -> bool:
    """Train the LoRA of a look for the budget, earlier runs counted in, and write it with its preview.

    Args:
        name: Of `LOOKS`.
        places: Where the model is, and where files go.
        budget: Steps or minutes.
        stop: Asks for a stop after the step under way.
        settings: The usual ones by default.

    Returns:
        Whether the budget was used up; only then is anything written to `places.loras`.
    """
    settings = settings or LoraSettings()
    base = Base.load(places.model)
    work = places.work(name)
    forget_unless_from(work, base.digest, settings)
    store = LookStore(work, name, settings.pictures, float(base.pipeline.vae.config.scaling_factor))
    if not store.draw(base.pipeline.vae, base.pipeline.tokenizer, stop):
        return False
    trainer = _trainer(base, store, work / ADAPTER_FILE, settings)
    if not trainer.train(budget, stop):
        return False
    pictures = sum(shelf.rows for shelf in store.shelves)
    training = Training(base.name, base.digest, trainer.step, pictures, settings)
    size = write_lora(places.file(name), name, trainer.average.state_dict(), training)
    write_preview(name, places)
    print(f"wrote {places.file(name)}: {size / 1e6:.2f} MB", flush=True)
    return True


def _trainer(base: Base, store: LookStore, file: Path, settings: LoraSettings) -> Trainer:
    unet = base.pipeline.unet
    torch.manual_seed(settings.seed)
    adapter = Adapter(unet, settings.rank)
    text = base.pipeline.text_encoder.requires_grad_(False)
    to_fastest(text)
    denoiser_to_fastest(unet)
    loss = VelocityLoss(text, store, DenoiserSettings(batch=settings.batch, seed=settings.seed))
    return Trainer(
        adapter,
        lambda step: loss.of(unet, step),
        file,
        peak_rate=settings.peak_rate,
        averaging=settings.averaging,
    )


def forget_unless_from(work: Path, digest: str, settings: LoraSettings) -> None:
    """Forget what was begun with other settings; on another model, the drawings as it encoded them too."""
    file = work / BASE_FILE
    told = {"model": digest, "settings": repr(settings)}
    kept = json.loads(file.read_text()) if file.exists() else told
    if kept["model"] != digest:
        shutil.rmtree(work)
    elif kept != told:
        (work / ADAPTER_FILE).unlink(missing_ok=True)
    work.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told))


def write_preview(name: str, places: Places) -> None:
    """Write the picture beside a finished LoRA, made with the file itself at its full weight."""
    studio = Studio(Sampling(places.model))
    studio.pipeline.load_lora_weights(str(places.file(name)), adapter_name=name)
    (picture,) = studio.make([Order(LOOKS[name].preview, PREVIEW_SEED)])
    Image.fromarray(picture).save(places.preview(name), optimize=True)
