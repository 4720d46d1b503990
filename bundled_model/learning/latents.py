"""Drawings, encoded once and kept in files with captions cut into tokens: all that the denoiser's steps read."""

import hashlib
import json
import random
from functools import partial
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor
from transformers import CLIPTokenizer

from bundled_model.captions.grammar import training_caption
from bundled_model.captions.tokenizer import MAX_TOKENS
from bundled_model.drawing.painter import SIZES
from bundled_model.learning.autoencoder import LATENT_CHANNELS
from bundled_model.learning.drawings import CELL, SERIES, DrawingStore, draw_size, drawn_scene, index_of, rows_of
from bundled_model.learning.parallel import Share
from bundled_model.learning.pictures import to_tensor
from bundled_model.learning.shelf import Shelf
from bundled_model.learning.stopping import Stop

CAPTIONS = 4
"""Captions of each drawing."""
SCALE_FILE = "latents.json"
SAMPLED_SHARE = 16
"""One in so many latents is looked at for their scale."""


class LatentStore:
    """Latents of the drawings 0 to `count` - 1, half precision, those of each size on a shelf of their own.

    A size is named by its number in `SIZES`, a latent by its row on the shelf of its size, as in the `DrawingStore`.
    """

    def __init__(self, folder: Path, count: int) -> None:
        """Open the shelves in `folder/latents`, or make them; each holds whole chunks only, at least one."""
        self._folder = folder
        self.shelves: list[Shelf] = []
        for number, (width, height) in enumerate(SIZES):
            cells = (height // CELL, width // CELL)
            fields = {
                "latents": (np.float16, (LATENT_CHANNELS, *cells)),
                "parts": (np.uint8, cells),
                "tokens": (np.int16, (CAPTIONS, MAX_TOKENS)),
            }
            self.shelves.append(Shelf(folder / "latents", f"{width}x{height}", rows_of(number, count), fields))

    def fill(
        self, drawings: DrawingStore, model: AutoencoderTiny, tokenizer: CLIPTokenizer, share: Share, stop: Stop
    ) -> bool:
        """Encode what is missing of a share; whether all of that share is there."""
        encode = partial(_encode, drawings, model, tokenizer)
        return all(shelf.fill(partial(encode, size), share, stop) for size, shelf in enumerate(self.shelves))

    def is_full(self) -> bool:
        """Whether all drawings are encoded."""
        return all(shelf.is_full() for shelf in self.shelves)

    def empty_unless_from(self, model: AutoencoderTiny) -> None:
        """Forget the latents, where those in the folder come from another encoder; to be called in one process."""
        digest = hashlib.sha256()
        for values in model.encoder.state_dict().values():
            digest.update(values.float().cpu().contiguous().numpy().tobytes())
        notes = self._notes()
        if notes.get("encoder") != digest.hexdigest():
            for shelf in self.shelves:
                shelf.empty()
            self._write({"encoder": digest.hexdigest()})

    def scale(self) -> float:
        """What latents are multiplied by to have a deviation of 1 over all channels; kept in a file once known."""
        notes = self._notes()
        if "scale" not in notes:
            rows = [(shelf, shelf.ready()[::SAMPLED_SHARE]) for shelf in self.shelves]
            values = [shelf.fields["latents"][some].astype(np.float32).reshape(-1) for shelf, some in rows]
            self._write({**notes, "scale": round(float(1 / np.concatenate(values).std()), 4)})
        return self.scale_in(self._folder)

    @staticmethod
    def scale_in(folder: Path) -> float:
        """The scale that was found for the latents of this folder."""
        return float(json.loads((folder / SCALE_FILE).read_text())["scale"])

    def draw_size(self, generator: torch.Generator) -> int:
        """A size, drawn at random by its share."""
        return draw_size(self.shelves, generator)

    def batch(self, count: int, generator: torch.Generator, size: int | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """Random ones of one size among those written: latents (not scaled), parts and tokens.

        Args:
            count: How many.
            generator: Source of all chance.
            size: A number into `SIZES`; None for any, drawn by its share. (Processes that train together wait for each
                other at every step, so they had better be given the same.)

        Returns:
            Latents, shape (count, 16, height/8, width/8); what their cells show (`Part`), bytes of shape
            (count, height/8, width/8); the tokens of one of the captions of each, shape (count, 77), padded.
        """
        shelf = self.shelves[self.draw_size(generator) if size is None else size]
        rows = shelf.pick(count, generator)
        captions = torch.randint(CAPTIONS, (count,), generator=generator).numpy()
        latents = torch.from_numpy(shelf.fields["latents"][rows].astype(np.float32))
        parts = torch.from_numpy(shelf.fields["parts"][rows])
        tokens = torch.from_numpy(shelf.fields["tokens"][rows, captions].astype(np.int64))
        return latents, parts, tokens

    def _notes(self) -> dict[str, object]:
        file = self._folder / SCALE_FILE
        return json.loads(file.read_text()) if file.exists() else {}

    def _write(self, notes: dict[str, object]) -> None:
        (self._folder / SCALE_FILE).write_text(json.dumps(notes))


def captions_of(index: int) -> list[str]:
    """The captions of drawing number `index`."""
    rng = random.Random(f"{SERIES}/{index}/captions")
    scene, _ = drawn_scene(index)
    return [training_caption(scene, rng) for _ in range(CAPTIONS)]


def encoded(
    model: AutoencoderTiny, tokenizer: CLIPTokenizer, pixels: np.ndarray, parts: np.ndarray, captions: list[str]
) -> dict[str, np.ndarray]:
    """What a shelf of a `LatentStore` keeps of pictures of one size.

    Args:
        model: Its encoder makes the latents, in single precision.
        tokenizer: Cuts the captions.
        pixels: Bytes (n, h, w, 3).
        parts: What their cells show (`Part`), bytes (n, h/8, w/8).
        captions: `CAPTIONS` of each picture, those of the first picture first.
    """
    pictures = to_tensor(pixels).to(next(model.parameters()).device, memory_format=torch.channels_last)
    with torch.inference_mode():
        latents = torch.cat([model.encoder(some) for some in pictures.split(8)])
    tokens = tokenizer(
        captions, padding="max_length", max_length=MAX_TOKENS, truncation=True, return_tensors="np"
    ).input_ids
    return {
        "latents": latents.float().cpu().numpy().astype(np.float16),
        "parts": parts,
        "tokens": tokens.reshape(len(pixels), CAPTIONS, MAX_TOKENS).astype(np.int16),
    }


def _encode(
    drawings: DrawingStore, model: AutoencoderTiny, tokenizer: CLIPTokenizer, size: int, rows: range
) -> dict[str, np.ndarray]:
    captions = [caption for row in rows for caption in captions_of(index_of(size, row))]
    return encoded(model, tokenizer, drawings.pixels(size, rows), drawings.parts(size, rows), captions)
