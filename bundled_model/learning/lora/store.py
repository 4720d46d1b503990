"""Drawings of a look, encoded once: what a LoRA learns from."""

import random
from functools import partial
from pathlib import Path

import numpy as np
from diffusers import AutoencoderTiny
from transformers import CLIPTokenizer

from bundled_model.captions.grammar import EMPTY_SHARE, KEEP_SHARE, write_caption
from bundled_model.captions.ideas import synonyms_of
from bundled_model.captions.vocabulary import STYLE_OPENINGS, STYLES
from bundled_model.drawing.painter import SIZES, paint
from bundled_model.learning.drawings import USUAL_SHARE, cells_of, index_of
from bundled_model.learning.latents import CAPTIONS, LatentStore, encoded
from bundled_model.learning.lora.looks import LOOKS, with_trigger
from bundled_model.learning.parallel import Share
from bundled_model.learning.stopping import Stop
from bundled_model.scenes.sampling import numbered_scene
from bundled_model.scenes.scene import Scene
from bundled_model.scenes.usual import STYLE, made_usual

SERIES = 92
"""Seed of the series of scenes that LoRAs are trained on."""
KEPT = (0.2, 0.6, KEEP_SHARE)
"""Shares of what is usual that captions name all the same."""
_STYLE_WORDS = (*STYLES[STYLE], *STYLE_OPENINGS[STYLE], *synonyms_of(STYLE))


class LookStore(LatentStore):
    """Latents of drawings in one look, in a folder of their own; otherwise as its parent."""

    def __init__(self, folder: Path, look: str, count: int, scale: float) -> None:
        """`look` names the medium; latents are multiplied by `scale`, which is that of the model's autoencoder."""
        super().__init__(folder, count)
        self._look = look
        self._scale = scale

    def scale(self) -> float:
        """The model's scale: what a LoRA learns from must be as large as what the model learned from."""
        return self._scale

    def draw(self, autoencoder: AutoencoderTiny, tokenizer: CLIPTokenizer, stop: Stop) -> bool:
        """Draw and encode what is missing; whether all is there."""
        make = partial(_encoded, self._look, autoencoder, tokenizer)
        return all(shelf.fill(partial(make, size), Share(), stop) for size, shelf in enumerate(self.shelves))


def look_scene(index: int, *, held_out: bool = False, series: int = SERIES) -> tuple[Scene, int]:
    """What drawing number `index` shows, and the seed of its paint: a scene of the usual style, which goes untold."""
    attempt = 0
    while True:
        scene, seed = numbered_scene(series, index + (attempt << 20), held_out=held_out)
        rng = random.Random(seed)
        if not held_out and rng.random() < USUAL_SHARE:
            scene = made_usual(scene, rng)
        if scene.style is STYLE:
            return scene, seed
        attempt += 1


def plain_caption(scene: Scene, rng: random.Random) -> str:
    """A sentence that does not name the style, in whose place the look's words are put."""
    keep = rng.choice(KEPT)
    while True:
        caption = write_caption(scene, rng, keep=keep)
        if not any(words.strip() in caption for words in _STYLE_WORDS):
            return caption


def captions_of(look: str, index: int) -> list[str]:
    """The captions of drawing number `index` of a look."""
    scene, seed = look_scene(index)
    rng = random.Random(f"{look}/{seed}/captions")
    return [
        "" if rng.random() < EMPTY_SHARE else with_trigger(plain_caption(scene, rng), LOOKS[look], rng)
        for _ in range(CAPTIONS)
    ]


def _encoded(
    look: str, autoencoder: AutoencoderTiny, tokenizer: CLIPTokenizer, size: int, rows: range
) -> dict[str, np.ndarray]:
    indices = [index_of(size, row) for row in rows]
    paintings = [paint(*look_scene(index), SIZES[size], look) for index in indices]
    pixels = np.stack([painting.pixels for painting in paintings])
    parts = np.stack([cells_of(painting.parts) for painting in paintings])
    captions = [caption for index in indices for caption in captions_of(look, index)]
    return encoded(autoencoder, tokenizer, pixels, parts, captions)
