"""Drawn pictures, encoded once and kept in a file, so that the denoiser never waits for the painter or the encoder."""

import json
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import Tensor

from bundled_model.drawing.painter import paint_with_focus
from bundled_model.learning.parallel import rank, world
from bundled_model.learning.pictures import numbered_scene, to_tensor
from bundled_model.learning.training import Stop
from bundled_model.scenes.scene import Scene

LATENT_SHAPE = (8, 32, 32)
CHUNK = 32
SCALE_FILE = "latents.json"
SERIES = 21
"""Seed of the series of scenes that the denoiser is trained on."""


class LatentStore:
    """Latents of scenes 0 to count - 1 of the series, half precision, in one memory-mapped file.

    A second file says for each cell of a latent how much of it the named things cover, 0 to 255; a third holds one byte
    a chunk: 1 when it is written.
    """

    def __init__(self, folder: Path, count: int) -> None:
        """Open the files, or make them; `count` is rounded down to whole chunks."""
        chunks = max(1, count // CHUNK)
        self.count = chunks * CHUNK
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._latents = _open(folder / "latents.f16", np.float16, (self.count, *LATENT_SHAPE))
        self._focus = _open(folder / "focus.u8", np.uint8, (self.count, *LATENT_SHAPE[1:]))
        self._done = _open(folder / "latents.done", np.uint8, (chunks,))

    def fill(self, model: AutoencoderTiny, stop: Stop) -> bool:
        """Encode what is missing (each process its share); whether all of this process's share is there."""
        device = next(model.parameters()).device
        for chunk in range(rank(), len(self._done), world()):
            if self._done[chunk]:
                continue
            if stop.asked:
                return False
            indices = range(chunk * CHUNK, (chunk + 1) * CHUNK)
            painted = [paint_with_focus(*numbered_scene(SERIES, index)) for index in indices]
            pictures = to_tensor(np.stack([picture for picture, _ in painted])).to(
                device, memory_format=torch.channels_last
            )
            with torch.inference_mode(), torch.autocast(device.type, dtype=torch.bfloat16):
                latents = model.encoder(pictures)
            self._focus[indices.start : indices.stop] = [covered_share(focus) for _, focus in painted]
            self._latents[indices.start : indices.stop] = latents.float().cpu().numpy().astype(np.float16)
            self._done[chunk] = 1
        return True

    def scale(self) -> float:
        """What latents are multiplied by to have a deviation of 1 over all channels; kept in a file once known."""
        if not (self._folder / SCALE_FILE).exists():
            sample = self._latents[: min(self.count, 1024)].astype(np.float32)
            text = json.dumps({"scale": round(float(1 / sample.std()), 4)})
            (self._folder / SCALE_FILE).write_text(text)
        return self.scale_in(self._folder)

    @staticmethod
    def scale_in(folder: Path) -> float:
        """The scale that was found for the latents of this folder."""
        return float(json.loads((folder / SCALE_FILE).read_text())["scale"])

    def batch(self, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor, list[Scene]]:
        """Random ones among those written: latents (size, 8, 32, 32), not scaled, focus (size, 1, 32, 32), scenes.

        Focus is the share of each cell that the named things cover, 0 to 1.
        """
        ready = np.flatnonzero(self._done)
        picks = torch.randint(len(ready) * CHUNK, (size,), generator=generator).tolist()
        indices = [int(ready[pick // CHUNK]) * CHUNK + pick % CHUNK for pick in picks]
        latents = torch.from_numpy(self._latents[indices].astype(np.float32))
        focus = torch.from_numpy(self._focus[indices].astype(np.float32)).unsqueeze(1) / 255
        return latents, focus, [numbered_scene(SERIES, index)[0] for index in indices]


def covered_share(focus: np.ndarray) -> np.ndarray:
    """Booleans of a picture, shape (256, 256), as the covered share of each cell: bytes, shape (32, 32)."""
    rows, columns = LATENT_SHAPE[1:]
    cells = focus.reshape(rows, focus.shape[0] // rows, columns, focus.shape[1] // columns)
    return (255 * cells.mean(axis=(1, 3))).round().astype(np.uint8)


def _open(file: Path, kind: type[np.generic], shape: tuple[int, ...]) -> np.memmap:
    """A zeroed file of the shape, or the one that is there (a new one, where the shape has changed)."""
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    if not file.exists() or file.stat().st_size != size:
        with file.open("wb") as new:
            new.truncate(size)
    return np.memmap(file, dtype=kind, mode="r+", shape=shape)
