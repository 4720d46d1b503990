"""Vectors of pictures in latent space, by which near ones are found; computed once a picture and a model. Torch."""

import logging
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from webui.diffusion.families.base import Family
from webui.diffusion.start import as_tensor
from webui.errors import WebUIError
from webui.generation.ways import ResizeMode
from webui.imaging.reading import flattened, read_picture
from webui.imaging.resizing import resized
from webui.library.inputs import InputStore
from webui.library.pictures import PictureFiles, temporary_of, write_whole

FOLDER = "latent_vectors"
SIDE = 16
"""Latents along each side of the small square that stands for a picture: what is where, without the detail."""
MOST_KEPT = 4_000

_log = logging.getLogger(__name__)


class ModelVectors:
    """Those of one model, (channels * SIDE * SIDE) each.

    Args:
        path: where they are kept; None keeps them in memory alone.
        files: finds pictures of the library.
    """

    def __init__(self, path: Path | None, files: PictureFiles) -> None:
        self._path = path
        self._files = files
        self._known = _read(path)
        self._changed = False

    def knows(self, picture: str) -> bool:
        """Whether that of a picture need not be computed."""
        return picture in self._known

    def of_input(self, picture: str, inputs: InputStore, family: Family) -> torch.Tensor:
        """That of a picture that was brought.

        Raises:
            WebUIError: it is not there, or damaged.
        """
        if picture not in self._known:
            return self._computed(picture, inputs.open(picture), family)
        return self._known[picture]

    def of_file(self, picture: str, path: str, family: Family) -> torch.Tensor | None:
        """That of a picture of the library, by its file's path there; None where the file is gone or damaged."""
        if picture not in self._known:
            try:
                image = read_picture(self._files.absolute(path).read_bytes()).image
            except (OSError, ValueError, WebUIError):
                return None
            return self._computed(picture, image, family)
        self._known.move_to_end(picture)
        return self._known[picture]

    def keep(self) -> None:
        """Write down what was computed since the last time; a disk that takes no more costs only that."""
        if not self._changed or self._path is None:
            return
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, save(dict(self._known)), temporary=temporary_of(self._path), replace=True)
            self._changed = False
        except OSError as error:
            _log.warning("the vectors of pictures were not kept: %s", error)

    def _computed(self, picture: str, image: Image.Image, family: Family) -> torch.Tensor:
        side = SIDE * family.info.latent_scale
        square = resized(flattened(image), (side, side), ResizeMode.STRETCH)
        self._known[picture] = family.encode_pictures(as_tensor([square]))[0].flatten().half().cpu()
        self._changed = True
        return self._known[picture]


class LatentVectors:
    """The vectors of all models, in the data folder.

    Args:
        data_dir: the data folder.
    """

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER
        self._files = PictureFiles(data_dir)
        self._open: tuple[tuple[str, str], ModelVectors] | None = None

    def of(self, model: str, weights: str) -> ModelVectors:
        """Those of a model with weights of a fingerprint; without one they are not written down."""
        if self._open is None or self._open[0] != (model, weights):
            path = self._folder / f"{weights}.safetensors" if weights.isalnum() else None
            self._open = (model, weights), ModelVectors(path, self._files)
        return self._open[1]


def _read(path: Path | None) -> OrderedDict[str, torch.Tensor]:
    if path is not None:
        with suppress(OSError, SafetensorError):
            return OrderedDict(load_file(path))
    return OrderedDict()
