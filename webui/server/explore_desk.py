"""What the explorer asks of the worker: ideas, vectors, the normal range, and pictures of points by id."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from webui.access.kinds import Kind
from webui.engine.engine import Engine
from webui.engine.looks import Answered, LookIdeas, LookNormal, LookPoints, LookVector, Wanted
from webui.errors import InvalidRequest, ViewNotFound
from webui.generation.points import joined
from webui.generation.request import GenerationRequest
from webui.model_manager.recording_models import RecordingModels
from webui.server.explore_bodies import IdeasBody, VectorBody

MOST_KNOWN = 1_000
"""Of how many groups of pictures it is remembered how they were asked for."""
EXPLORE_SECONDS = 600.0
"""How long an answer may wait: everything else comes first, and it ends when nobody waits any more."""


class ExploreDesk:
    """Asks in the name of whoever asks; threads may share it.

    Args:
        engine: has the models and the worker.
        models: knows the weights of models.
    """

    def __init__(self, engine: Engine, models: RecordingModels) -> None:
        self._engine = engine
        self._models = models
        self._lock = threading.Lock()
        self._known: OrderedDict[str, LookPoints] = OrderedDict()

    def ideas(self, asked: IdeasBody, wanted: Wanted) -> Answered:
        """Where prompts lie by their meaning.

        Raises:
            WebUIError: there is no such model, UMAP is not installed, or the worker could not be asked.
        """
        name, weights = self._model(asked.model)
        question = LookIdeas(
            model=name, weights=weights, prompts=asked.prompts, projection=asked.projection.value,
            clip_skip=asked.clip_skip, emphasis=asked.emphasis,
        )  # fmt: skip
        return self._engine.look(question, EXPLORE_SECONDS, wanted)

    def vector(self, asked: VectorBody, owner: str, wanted: Wanted) -> Answered:
        """What the network is told in the place of a prompt, and what it is near to.

        Raises:
            WebUIError: the request or its model cannot be used, or the worker could not be asked.
        """
        request = self._engine.prepare(asked.request, owner)
        name, weights = self._model(request.model)
        question = LookVector(model=name, weights=weights, request=request, ideas=asked.ideas)
        return self._engine.look(question, EXPLORE_SECONDS, wanted)

    def normal(self, model: str | None, wanted: Wanted) -> Answered:
        """The normal range of a model's pictures in latent space.

        Raises:
            WebUIError: there is no such model, or the worker could not be asked.
        """
        name, weights = self._model(model)
        return self._engine.look(LookNormal(model=name, weights=weights), EXPLORE_SECONDS, wanted)

    def pictures(
        self, requests: Sequence[GenerationRequest], owner: str, wanted: Wanted
    ) -> tuple[str, list[dict[str, Any]]]:
        """The id of a group of pictures that somebody asks for, and what there is to say of each.

        Each request is prepared as a job's would be, so that a job of the same request makes the same picture.

        Raises:
            WebUIError: a request cannot be used, or they cannot walk together, or the worker could not be asked.
        """
        together = joined([self._engine.prepare(request, owner) for request in requests])
        name, weights = self._model(together.model)
        question = LookPoints(model=name, weights=weights, request=together)
        answered = self._engine.look(question, EXPLORE_SECONDS, wanted)
        with self._lock:
            self._known[question.key] = question
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        self._engine.ownership.note(owner, Kind.POINTS, question.key)
        return question.key, list(answered.values["pictures"])

    def file(self, points: str, index: int, wanted: Wanted) -> bytes:
        """One of a group's JPEG files, made again where it is not kept.

        Raises:
            ViewNotFound: there is no such group.
            InvalidRequest: it has no such picture.
        """
        with self._lock:
            question = self._known.get(points)
        if question is None:
            raise ViewNotFound("These pictures are not known (any more).", hint="Ask for them again.")
        if not 0 <= index < question.request.image_count:
            raise InvalidRequest(f"index: it must be from 0 to {question.request.image_count - 1}.", field="index")
        return self._engine.look(question, EXPLORE_SECONDS, wanted).parts[index]

    def _model(self, name: str | None) -> tuple[str, str]:
        """The name of a model, or of the default one, and its weights' fingerprint."""
        entry = self._engine.catalogue.find(name)
        return entry.name, self._models.fingerprint(entry)
