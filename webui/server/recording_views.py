"""What can be seen of recordings, asked of the worker with the right model; every answer is kept by the engine."""

from typing import Literal

from webui.engine.engine import Engine
from webui.engine.looks import (
    Answered,
    LookAttention,
    LookStep,
    LookStrip,
    StepView,
    StripView,
    Wanted,
    WordView,
    always,
)
from webui.model_manager.recording_models import Chosen, RecordingModels

STRIP_SECONDS = 30.0
MODEL_SECONDS = 180.0
"""How long a view may wait for a busy worker, or for the model to be loaded."""


class RecordingViews:
    """Views of recordings by id; threads may share it. `models` knows which model a recording was made with.

    What is not `wanted` any more is given up, with a `LookGivenUp`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.models = RecordingModels(engine.catalogue)

    def strip(self, trajectory: str, picture: int, view: StripView, wanted: Wanted = always) -> Answered:
        """All positions of a picture in one PNG file. Needs no model.

        Raises:
            WebUIError: there is no such recording or picture in it, or the worker could not be asked.
        """
        self._engine.trajectories.path(trajectory)
        question = LookStrip(trajectory=trajectory, picture=picture, view=view)
        return self._engine.look(question, STRIP_SECONDS, wanted)

    def step(
        self,
        trajectory: str,
        picture: int,
        step: int,
        view: StepView,
        *,
        format: Literal["png", "jpg"] = "png",
        model: str | None = None,
        wanted: Wanted = always,
    ) -> Answered:
        """One position as a file, decoded with the recording's own model or the one that is named.

        Raises:
            ViewUnavailable: its model is gone or has other weights, and none is named.
            WebUIError: there is no such recording, picture, step or model, or the worker could not be asked.
        """
        header = self._engine.trajectories.summary(trajectory).header
        recorded = view == "guidance" and header.guidance
        chosen = Chosen(header.model.name, "") if recorded else self.models.chosen(header.model, model)
        question = LookStep(
            trajectory=trajectory, picture=picture, step=step, view=view, format=format, model=chosen.name,
            weights=chosen.weights,
        )  # fmt: skip
        return _noted(self._engine.look(question, MODEL_SECONDS, wanted), chosen)

    def attention(
        self,
        trajectory: str,
        picture: int,
        step: int,
        *,
        of: WordView = "attention",
        model: str | None = None,
        wanted: Wanted = always,
    ) -> Answered:
        """Where the words are looked at in the call that follows a position, or what they change there.

        Raises:
            WebUIError: as from `step`.
        """
        chosen = self._chosen(trajectory, model)
        question = LookAttention(
            trajectory=trajectory, picture=picture, step=step, of=of, model=chosen.name, weights=chosen.weights
        )
        return _noted(self._engine.look(question, MODEL_SECONDS, wanted), chosen)

    def _chosen(self, trajectory: str, wanted: str | None) -> Chosen:
        return self.models.chosen(self._engine.trajectories.summary(trajectory).header.model, wanted)


def _noted(answered: Answered, chosen: Chosen) -> Answered:
    """The answer with what is to be said of its model among its notes."""
    notes = [*chosen.notes, *answered.values.get("notes", ())]
    return Answered(values={**answered.values, "notes": notes}, parts=answered.parts)
