"""Answers questions about the forward process on a picture, in the worker. Torch."""

from typing import Any

import numpy as np
from PIL import Image

from webui.diffusion.forward_process import (
    Level,
    forward_levels,
    noised_latents,
    pixel_cells,
    psnr,
    round_trip,
)
from webui.diffusion.start import as_tensor
from webui.diffusion.views import colour_cells
from webui.engine.looks import Answered, LookForward, LookForwardLevel
from webui.errors import InvalidRequest
from webui.generation.ways import ResizeMode
from webui.imaging.heat import heat
from webui.imaging.reading import flattened
from webui.imaging.resizing import resized
from webui.imaging.strips import encode_picture, strip
from webui.library.inputs import InputStore
from webui.model_manager.manager import LoadedModel

MOST_CELL_PIXELS = 256
"""Pixels of a cell's longer side."""

_FULL_DIFFERENCE = 64.0
"""Levels of 255 by which two pictures differ where the difference is shown at its brightest."""


def forward_answer(question: LookForward, loaded: LoadedModel, inputs: InputStore) -> Answered:
    """The levels, and the pictures of them: pixels, latents, original, roundtrip and difference.

    Raises:
        InvalidRequest: the size, the sampler or the schedule does not fit the model.
        PictureNotFound: the picture is not among the inputs.
        PictureUnreadable: its file is damaged.
    """
    levels, picture = _levels(question, loaded), _picture(question, loaded, inputs)
    pixels = np.asarray(picture)
    noised = noised_latents(loaded.family, as_tensor([picture]), question.seed)
    back = round_trip(loaded.family, as_tensor([picture]))
    states = [noised.at(level)[0].float().cpu() for level in levels]
    difference = np.abs(pixels.astype(np.float32) - back).mean(2) / _FULL_DIFFERENCE
    made = strip(pixel_cells(as_tensor([_small(picture)]), levels, question.seed))
    values: dict[str, Any] = {
        "levels": [_told(level) for level in levels],
        "psnr": psnr(pixels, back),
        "width": question.width,
        "height": question.height,
        "columns": made.columns,
    }
    files = (encode_picture(each, "png") for each in (pixels, back, heat(difference)))
    return Answered(values=values, parts=(made.png(), strip(colour_cells(states, loaded.preview)).png(), *files))


def level_answer(question: LookForwardLevel, loaded: LoadedModel, inputs: InputStore) -> Answered:
    """The noised latents of one level, decoded: a JPEG.

    Raises:
        InvalidRequest: there is no such level.
        WebUIError: as from `forward_answer`.
    """
    forward = question.forward
    levels = _levels(forward, loaded)
    if question.level >= len(levels):
        raise InvalidRequest(
            f"level: {question.level} cannot be used: there are levels 0 to {len(levels) - 1}.",
            hint="Choose one of them.", field="level",
        )  # fmt: skip
    picture = _picture(forward, loaded, inputs)
    noised = noised_latents(loaded.family, as_tensor([picture]), forward.seed)
    decoded = loaded.family.decode(noised.at(levels[question.level]))[0]
    return Answered(values={"level": question.level}, parts=(encode_picture(decoded, "jpg"),))


def _levels(question: LookForward, loaded: LoadedModel) -> list[Level]:
    return forward_levels(
        sampler=question.sampler,
        schedule=question.schedule,
        steps=question.steps,
        config=loaded.family.scheduler_config,
        architecture=loaded.family.info.name,
        shift=loaded.family.flow_shift(question.width, question.height, question.steps),
    )


def _picture(question: LookForward, loaded: LoadedModel, inputs: InputStore) -> Image.Image:
    """The picture (RGB) at the size that is asked for; what does not fit is cropped."""
    multiple = loaded.family.info.size_multiple
    for name, side in (("width", question.width), ("height", question.height)):
        if side % multiple:
            raise InvalidRequest(
                f"{name}: {side} does not fit the model '{loaded.entry.name}'.",
                hint=f"It must be a multiple of {multiple}.", field=name,
            )  # fmt: skip
    picture = flattened(inputs.open(question.picture))
    return resized(picture, (question.width, question.height), ResizeMode.CROP)


def _small(picture: Image.Image) -> Image.Image:
    factor = min(1.0, MOST_CELL_PIXELS / max(picture.size))
    return picture.resize((max(1, round(picture.width * factor)), max(1, round(picture.height * factor))))


def _told(level: Level) -> dict[str, Any]:
    return {
        "position": level.position,
        "sigma": level.sigma,
        "snr_db": level.snr_db,
        "timestep": level.timestep,
        "strength": level.strength,
    }
