"""Answers questions about recordings and pictures, in the worker. Torch."""

from contextlib import nullcontext

import numpy as np
import torch

from webui.diffusion.families.base import Family
from webui.diffusion.prompt_encoding import EmbeddingLookup
from webui.diffusion.views import (
    change_cells,
    channel_cells,
    colour_cells,
    dark_cell,
    difference_cells,
)
from webui.engine.looks import Answered, LookStep, LookStrip, Question
from webui.engine.open_recordings import OpenRecording, OpenRecordings
from webui.errors import InvalidRequest, ViewUnavailable
from webui.imaging.strips import encode_picture, strip
from webui.library.inputs import InputStore
from webui.library.trajectory_files import TrajectoryFiles
from webui.model_manager.loading import exhausted
from webui.model_manager.manager import ModelManager


class Looker:
    """Owns what questions are answered from: recordings, pictures, and the model manager.

    Args:
        manager: loads the models that views need.
        inputs: pictures that are looked at.
        embeddings: finds textual inversions.
        recordings: where recordings are.
    """

    def __init__(
        self, manager: ModelManager, *, inputs: InputStore, embeddings: EmbeddingLookup, recordings: TrajectoryFiles
    ) -> None:
        self._manager = manager
        self._inputs = inputs
        self._embeddings = embeddings
        self._recordings = OpenRecordings(recordings)

    def answer(self, question: Question) -> Answered:
        """The answer.

        Raises:
            WebUIError: the recording, the picture or the model cannot be used for it.
        """
        match question:
            case LookStrip():
                return self._strip(question)
            case LookStep():
                return self._step(question)
            case _:
                raise ViewUnavailable("This view does not exist yet.")

    def _strip(self, question: LookStrip) -> Answered:
        cells = _cells(self._recordings.open(question.trajectory), question)
        made = strip(cells)
        values = {"columns": made.columns, "rows": made.rows, "cells": made.cells}
        return Answered(values=values, parts=(made.png(),))

    def _step(self, question: LookStep) -> Answered:
        recording = self._recordings.open(question.trajectory)
        recording.check_step(question.step)
        states = recording.states(question.picture)
        latents = (states.noisy if question.view == "xt" else states.clean)[question.step]
        family = self._family(recording, question.model)
        with family.tiled() if recording.trajectory.header.request.tiling else nullcontext():
            pixels = family.decode(latents[None].to(family.device, family.dtype))[0]
        return _picture(pixels, question.format)

    def _family(self, recording: OpenRecording, name: str) -> Family:
        """The model of that name, in memory; checked against the recording.

        Raises:
            WebUIError: there is no such model, or it cannot be loaded.
            InvalidRequest: its latents are of another shape.
        """
        family = exhausted(self._manager.load(name)).family
        recorded, found = recording.trajectory.header.model, family.info
        if (recorded.latent_channels, recorded.latent_scale) != (found.latent_channels, found.latent_scale):
            raise InvalidRequest(
                f"model: '{name}' cannot show this recording: its latents have {found.latent_channels} channels of "
                f"{found.latent_scale} pixels, those of the recording {recorded.latent_channels} channels of "
                f"{recorded.latent_scale} pixels.",
                hint="Choose a model of the same kind.", field="model",
            )  # fmt: skip
        return family


def _cells(recording: OpenRecording, question: LookStrip) -> list[np.ndarray]:
    states = recording.states(question.picture)
    match question.view:
        case "xt":
            return colour_cells(states.noisy, recording.preview)
        case "x0":
            return colour_cells(states.clean, recording.preview)
        case "delta":
            return change_cells(states.clean)
        case "channels":
            return channel_cells(states.noisy)
        case "noise":
            cells = colour_cells(states.noise, recording.preview)
            return [*cells, dark_cell(*cells[-1].shape[:2])]
        case "guidance":
            return difference_cells(_recorded_parts(recording, question.picture))


def _recorded_parts(recording: OpenRecording, picture: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The predictions with and without the prompt of every call, (channels, h, w) each."""
    if not recording.trajectory.header.guidance:
        raise ViewUnavailable(
            "The guidance of this picture was not recorded.",
            hint="Look at it step by step, or record with guidance (in the settings) next time.",
        )
    parts = [part for each in recording.trajectory.passes for part in each.parts]
    return [(conditional[picture], negative[picture]) for conditional, negative in parts]


def _picture(pixels: np.ndarray, format_: str) -> Answered:
    height, width = pixels.shape[:2]
    return Answered(values={"width": width, "height": height}, parts=(encode_picture(pixels, format_),))
