"""Answers questions about recordings and pictures, in the worker. Torch."""

from contextlib import nullcontext

import numpy as np
import torch

from webui.diffusion.families.base import Family
from webui.diffusion.text_encoder import EmbeddingLookup
from webui.diffusion.views import (
    change_cells,
    channel_cells,
    colour_cells,
    dark_cell,
    difference_cells,
)
from webui.engine.call_again import CallAgain
from webui.engine.enlarging import enlarged
from webui.engine.explore_looks import ExploreLooks
from webui.engine.forward_looks import forward_answer, level_answer
from webui.engine.latent_looks import LatentLooks
from webui.engine.latent_vectors import LatentVectors
from webui.engine.looks import (
    Answered,
    LookAttention,
    LookEnlarge,
    LookForward,
    LookForwardLevel,
    LookIdeas,
    Looking,
    LookLatentDistance,
    LookLatents,
    LookNearestLatents,
    LookNormal,
    LookPoints,
    LookPreprocess,
    LookRead,
    LookStep,
    LookStrip,
    LookVector,
    Question,
)
from webui.engine.open_recordings import OpenRecording, OpenRecordings
from webui.engine.preprocessing import preprocessed
from webui.engine.reading_looks import ReadingLooks
from webui.engine.word_maps import MOST_TRIED, WordMaps, attended, influences
from webui.engine.worker_extensions import WorkerExtensions
from webui.errors import InvalidRequest, ViewUnavailable, WebUIError
from webui.generation.request import GenerationRequest
from webui.generation.trajectory import Origin, TrajectoryHeader
from webui.generation.ways import FromStep
from webui.imaging.strips import encode_picture, strip
from webui.library.inputs import InputStore
from webui.library.trajectory_files import TrajectoryFiles
from webui.model_manager.loading.load_model import exhausted
from webui.model_manager.manager import LoadedModel, ModelManager

QuickQuestion = LookStrip | LookStep | LookForward | LookForwardLevel | LookPreprocess | LookEnlarge


class Looker:
    """Owns what questions are answered from: recordings, pictures, and the model manager.

    Args:
        manager: loads the models that views need.
        inputs: pictures that are looked at.
        embeddings: finds textual inversions.
        recordings: where recordings are.
        extensions: have preprocessors.
        explored: answers what is asked of latent space itself.
        vectors: of pictures in latent space.
        reading: says what pictures show.
    """

    def __init__(
        self,
        manager: ModelManager,
        *,
        inputs: InputStore,
        embeddings: EmbeddingLookup,
        recordings: TrajectoryFiles,
        extensions: WorkerExtensions,
        explored: ExploreLooks,
        vectors: LatentVectors,
        reading: ReadingLooks,
    ) -> None:
        self._reading = reading
        self._extensions = extensions
        self._explored = explored
        self._manager = manager
        self._inputs = inputs
        self._embeddings = embeddings
        self._recordings = OpenRecordings(recordings)
        self._latents = LatentLooks(
            inputs=inputs, recordings=self._recordings, vectors=vectors, load=self._loaded, family_of=self._family
        )
        self._kept: tuple[Question, CallAgain] | None = None

    def answer(self, question: Question) -> Looking:
        """Works on the answer, which it returns; yields between two calls of the model.

        Raises:
            WebUIError: the recording, the picture or the model cannot be used for it.
        """
        match question:
            case LookAttention():
                return (yield from self._attention(question))
            case LookPoints() | LookIdeas() | LookVector() | LookNormal():
                return (yield from self._explored.answer(question, self._exactly))
            case LookLatents() | LookLatentDistance() | LookNearestLatents():
                return (yield from self._latents.answer(question))
            case LookRead():
                return (yield from self._reading.answer(question))
            case _:
                return self._at_once(question)

    def let_go(self) -> None:
        """Hold no model: another one may need the memory."""
        self._kept = None
        self._explored.let_go()
        self._reading.let_go()

    def make_way(self, request: GenerationRequest) -> None:
        """A job comes: hold no model, but for walks with the very one that the job walks with.

        Raises:
            ModelNotFound: the job's model is not there.
            ModelUnusable: its files are damaged.
        """
        self._kept = None
        if request.refiner is not None or self._in_use(request.model, request.vae) is None:
            self._explored.let_go()
            self._reading.let_go()

    def _at_once(self, question: QuickQuestion) -> Answered:
        """What takes one call of a model at most."""
        match question:
            case LookStrip():
                return self._strip(question)
            case LookStep():
                return self._guidance(question) if question.view == "guidance" else self._step(question)
            case LookForward() | LookForwardLevel():
                return self._forward(question)
            case LookPreprocess() | LookEnlarge():
                return self._by_extension(question)

    def _by_extension(self, question: LookPreprocess | LookEnlarge) -> Answered:
        if isinstance(question, LookPreprocess):
            return preprocessed(question, self._extensions, self._inputs)
        return enlarged(question, self._inputs)

    def _forward(self, question: LookForward | LookForwardLevel) -> Answered:
        if isinstance(question, LookForward):
            return forward_answer(question, self._loaded(question.model), self._inputs)
        return level_answer(question, self._loaded(question.forward.model), self._inputs)

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

    def _guidance(self, question: LookStep) -> Answered:
        """Where the prompt and the negative prompt disagree at one step: recorded, or asked of the model again."""
        recording, position, notes = self._walked(question)
        header = recording.trajectory.header
        if header.guidance:
            recording.check_picture(question.picture)
            parts = _recorded_parts(recording, question.picture)
            pair = parts[min(question.step, len(parts) - 1)]
        else:
            pair = self._again(recording, position, question).parts()
        return _picture(difference_cells([pair])[0], question.format, notes)

    def _attention(self, question: LookAttention) -> Looking:
        recording, position, notes = self._walked(question)
        look = attended if question.of == "attention" else influences
        found = yield from look(lambda: self._again(recording, position, question))
        self._kept = None
        return _word_maps(found, notes)

    def _again(self, recording: OpenRecording, position: Origin, question: LookStep | LookAttention) -> CallAgain:
        """The call, with the model in memory; the last one is kept as long as the model is."""
        family = self._family(recording, question.model)
        if self._kept is None or self._kept[0] != question:
            loaded = self._manager.loaded
            again = CallAgain(
                recording, position.picture, position.step, family=family, embeddings=self._embeddings,
                networks=loaded.networks if loaded else None,
            )  # fmt: skip
            self._kept = question, again
        return self._kept[1]

    def _walked(self, question: LookStep | LookAttention) -> tuple[OpenRecording, Origin, tuple[str, ...]]:
        """The recording in which the call after a position was really made, and where it is there.

        What comes before a branch's origin was walked by its parent, with the parent's prompt.

        Returns:
            The recording, the position in it and its picture, and what is to be said, in sentences.
        """
        recording = self._recordings.open(question.trajectory)
        recording.check_step(question.step)
        recording.check_picture(question.picture)
        recording.check_walked()
        at = Origin(trajectory=question.trajectory, step=question.step, picture=question.picture)
        while (origin := recording.trajectory.header.origin) is not None and at.step < origin.step:
            row = _row_of_parent(recording.trajectory.header, at.picture)
            try:
                parent = self._recordings.open(origin.trajectory)
                parent.check_step(at.step)
            except WebUIError:
                told = (
                    "This step was walked by another recording, which is gone; the prompt shown is that of the branch."
                )
                return recording, at, (told,)
            known = row < len(parent.trajectory.header.seeds)
            recording = parent
            at = Origin(trajectory=origin.trajectory, step=at.step, picture=row if known else origin.picture)
        return recording, at, _refined_notes(recording, at.step)

    def _family(self, recording: OpenRecording, name: str) -> Family:
        """The model of that name, in memory; checked against the recording.

        Raises:
            WebUIError: there is no such model, or it cannot be loaded.
            InvalidRequest: its latents are of another shape.
        """
        header = recording.trajectory.header
        family = self._loaded(name, header.request.vae if name == header.model.name else None).family
        recorded, found = header.model, family.info
        if (recorded.latent_channels, recorded.latent_scale) != (found.latent_channels, found.latent_scale):
            raise InvalidRequest(
                f"model: '{name}' cannot show this recording: its latents have {found.latent_channels} channels of "
                f"{found.latent_scale} pixels, those of the recording {recorded.latent_channels} channels of "
                f"{recorded.latent_scale} pixels.",
                hint="Choose a model of the same kind.", field="model",
            )  # fmt: skip
        return family

    def _exactly(self, name: str, vae: str | None) -> LoadedModel:
        """The model of that name with that VAE, or with its own: what is made with it is as a job makes it."""
        used = self._in_use(name, vae)
        if used is None:
            self.let_go()
            used = exhausted(self._manager.load(name, vae=vae))
        return used

    def _in_use(self, name: str | None, vae: str | None) -> LoadedModel | None:
        used = self._manager.in_use(name)
        there = used.vae.name if used is not None and used.vae is not None else None
        return used if there == (vae or None) else None

    def _loaded(self, name: str, vae: str | None = None) -> LoadedModel:
        """The model of that name: as it is used now, also with another VAE, since a job may walk with it."""
        used = self._manager.in_use(name)
        if used is None:
            self.let_go()
            used = exhausted(self._manager.load(name, vae=vae))
        return used


def _cells(recording: OpenRecording, question: LookStrip) -> list[np.ndarray]:
    if question.view in ("delta", "noise", "guidance"):
        recording.check_walked()
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


def _refined_notes(recording: OpenRecording, step: int) -> tuple[str, ...]:
    """What there is to say where a refiner made the call: the model that is asked again is the first one."""
    trajectory = recording.trajectory
    request = trajectory.header.request
    if request.refiner is None:
        return ()
    number, call = trajectory.place_of(min(step, trajectory.positions - 1))
    plan = trajectory.passes[number].plan
    if plan.second != (request.hires is not None) or call < request.refiner.switch_at * len(plan.timesteps):
        return ()
    return (f"The refiner '{request.refiner.model}' made this step; this is what the model itself sees in it.",)


def _row_of_parent(header: TrajectoryHeader, picture: int) -> int:
    """Which of the parent's pictures a branch's picture went on from, if the parent has so many."""
    start = header.request.start
    if not isinstance(start, FromStep):
        return picture
    return start.picture + (0 if start.painting else header.places[picture])


def _picture(pixels: np.ndarray, format_: str, notes: tuple[str, ...] = ()) -> Answered:
    height, width = pixels.shape[:2]
    values = {"width": width, "height": height, "notes": list(notes)}
    return Answered(values=values, parts=(encode_picture(pixels, format_),))


def _word_maps(found: WordMaps, notes: tuple[str, ...]) -> Answered:
    maps = [_grey(each.map) for each in found.words]
    made = strip([np.repeat(each[..., None], 3, axis=2) for each in maps] or [dark_cell(1, 1)])
    height, width = maps[0].shape if maps else (0, 0)
    words = [{"text": each.text, "index": i, "share": round(each.share, 6)} for i, each in enumerate(found.words)]
    if found.untried:
        notes = (*notes, f"Only the first {MOST_TRIED} words are tried one by one.")
    if not words:
        notes = (*notes, "The prompt has no words at this step.")
    values = {"words": words, "columns": made.columns, "width": width, "height": height, "notes": list(notes)}
    return Answered(values=values, parts=(encode_picture(made.pixels[..., 0], "png"),))


def _grey(values: np.ndarray) -> np.ndarray:
    """Values of any range as grey, uint8 (h, w): the least black, the greatest white; all black where all are equal."""
    low, high = float(values.min()), float(values.max())
    return ((values - low) / max(high - low, 1e-12) * 255).round().astype(np.uint8)
