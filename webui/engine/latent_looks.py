"""Answers questions about pictures' latents, in the worker: channels, edits on them, how far they lie apart. Torch."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from PIL import Image

from webui.diffusion.families.base import Family
from webui.diffusion.latent_distance import LatentDistance, channel_distances
from webui.diffusion.latent_edits import edited
from webui.diffusion.latent_histograms import histograms, value_range
from webui.diffusion.latent_statistics import channel_statistics
from webui.diffusion.start import as_tensor
from webui.engine.latent_vectors import LatentVectors
from webui.engine.looks import (
    Answered,
    Looking,
    LookLatentDistance,
    LookLatents,
    LookNearestLatents,
    PictureLatents,
    RecordedLatents,
)
from webui.engine.open_recordings import OpenRecording, OpenRecordings
from webui.errors import InvalidRequest
from webui.generation.ways import ResizeMode
from webui.imaging.heat import spread
from webui.imaging.reading import flattened
from webui.imaging.resizing import resized
from webui.imaging.strips import encode_picture, strip
from webui.library.inputs import InputStore
from webui.model_manager.manager import LoadedModel

MOST_KEPT = 8
"""Of how many pictures the latents stay in memory: an edit changes nothing in what they were before it."""

LatentQuestion = LookLatents | LookLatentDistance | LookNearestLatents


class LatentLooks:
    """Owns the latents that were looked at lately.

    Args:
        inputs: pictures.
        recordings: where walks ended.
        vectors: those by which near pictures are found.
        load: a model by its name.
        family_of: the model of that name for a recording, which it must fit.
    """

    def __init__(
        self,
        *,
        inputs: InputStore,
        recordings: OpenRecordings,
        vectors: LatentVectors,
        load: Callable[[str], LoadedModel],
        family_of: Callable[[OpenRecording, str], Family],
    ) -> None:
        self._inputs = inputs
        self._recordings = recordings
        self._vectors = vectors
        self._load = load
        self._family_of = family_of
        self._kept: OrderedDict[tuple[object, ...], torch.Tensor] = OrderedDict()

    def answer(self, question: LatentQuestion) -> Looking:
        """Works on the answer, which it returns.

        Raises:
            InvalidRequest: the size does not fit the model, an edit not the latents, or two latents not each other.
            WebUIError: the picture, the recording or the model cannot be used.
        """
        match question:
            case LookLatents():
                return self._inspected(question)
            case LookLatentDistance():
                return self._compared(question)
            case LookNearestLatents():
                return (yield from self._nearest(question))

    def _inspected(self, question: LookLatents) -> Answered:
        family, tiled = self._decoder(question)
        before = self._latents(question.source, question)
        after = edited(before, question.edits)
        with tiled:
            pixels = family.decode(after[None].to(family.device, family.dtype))[0]
        return _inspection(before, after, pixels, family)

    def _compared(self, question: LookLatentDistance) -> Answered:
        one, other = (self._latents(source, question) for source in (question.one, question.other))
        if one.shape != other.shape:
            raise InvalidRequest(
                f"other: its latents have the shape {_told_shape(other)}, those of the first picture "
                f"{_told_shape(one)}.",
                hint="Compare pictures at one size.", field="other",
            )  # fmt: skip
        channels = [_told_distance(each) for each in channel_distances(one, other)]
        return Answered(values={**_told_distance(LatentDistance.between(one, other)), "channels": channels})

    def _nearest(self, question: LookNearestLatents) -> Looking:
        loaded = self._load(question.model)
        of = question.model, question.weights
        vectors = self._vectors.of(*of)
        own = vectors.of_input(question.picture, self._inputs, loaded.family)
        found: list[tuple[str, LatentDistance]] = []
        for picture in question.among:
            if not vectors.knows(picture.id):
                yield
            vector = vectors.of_file(picture.id, picture.path, self._load(question.model).family)
            if vector is not None and picture.id != question.picture:
                found.append((picture.id, LatentDistance.between(own, vector)))
        vectors.keep()
        found.sort(key=lambda each: each[1].rms)
        nearest = [{"picture": picture, **_told_distance(distance)} for picture, distance in found[: question.count]]
        return Answered(values={"nearest": nearest, "compared": len(found)})

    def _decoder(self, question: LookLatents) -> tuple[Family, AbstractContextManager[None]]:
        """What decodes, and how."""
        if isinstance(question.source, RecordedLatents):
            recording = self._recordings.open(question.source.trajectory)
            family = self._family_of(recording, question.model)
            return family, family.tiled() if recording.trajectory.header.request.tiling else nullcontext()
        return self._load(question.model).family, nullcontext()

    def _latents(self, source: PictureLatents | RecordedLatents, question: LatentQuestion) -> torch.Tensor:
        """(channels, height, width) in float32 on the CPU: of a picture what the encoder gives, of a walk its end."""
        if isinstance(source, RecordedLatents):
            return self._recordings.open(source.trajectory).states(source.picture).clean[-1]
        loaded = self._load(question.model)
        key = source, question.model, question.weights, loaded.vae.name if loaded.vae else None
        if key not in self._kept:
            self._kept[key] = self._encoded(source, loaded)
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]

    def _encoded(self, source: PictureLatents, loaded: LoadedModel) -> torch.Tensor:
        multiple = loaded.family.info.size_multiple
        for name, side in (("width", source.width), ("height", source.height)):
            if side % multiple:
                raise InvalidRequest(
                    f"{name}: {side} does not fit the model '{loaded.entry.name}'.",
                    hint=f"It must be a multiple of {multiple}.", field=name,
                )  # fmt: skip
        picture: Image.Image = flattened(self._inputs.open(source.picture))
        picture = resized(picture, (source.width, source.height), ResizeMode.CROP)
        return loaded.family.encode_pictures(as_tensor([picture]))[0].float().cpu()


def _inspection(before: torch.Tensor, after: torch.Tensor, pixels: np.ndarray, family: Family) -> Answered:
    """The decoded picture and the channels, each grey on the scale that the channel had before the edits."""
    scales = [spread([np.asarray(channel)]) for channel in before]
    cells = [_grey(np.asarray(channel), *scale) for channel, scale in zip(after, scales, strict=True)]
    made = strip([np.repeat(cell[..., None], 3, axis=2) for cell in cells])
    low, high = value_range(before)
    counts = histograms(after, low, high)
    channels = [
        {
            **asdict(statistics),
            "least": float(channel.min()),
            "greatest": float(channel.max()),
            "low": scale[0],
            "high": scale[1],
            "histogram": count,
        }
        for channel, statistics, scale, count in zip(after, channel_statistics(after), scales, counts, strict=True)
    ]
    rows, columns = after.shape[1:]
    height, width = pixels.shape[:2]
    values: dict[str, Any] = {
        "width": width,
        "height": height,
        "latent_width": columns,
        "latent_height": rows,
        "latent_scale": family.info.latent_scale,
        "columns": made.columns,
        "histogram_low": low,
        "histogram_high": high,
        "channels": channels,
        "moved": _told_distance(LatentDistance.between(before, after)),
    }
    return Answered(values=values, parts=(encode_picture(pixels, "png"), encode_picture(made.pixels[..., 0], "png")))


def _told_distance(distance: LatentDistance) -> dict[str, float]:
    return asdict(distance)


def _told_shape(latents: torch.Tensor) -> str:
    return " x ".join(str(side) for side in latents.shape)


def _grey(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values as grey, uint8: `low` and below are black, `high` and above white."""
    return (((values - low) / (high - low)).clip(0.0, 1.0) * 255).round().astype(np.uint8)
