"""What the latent inspector asks of the worker, with the right model and for whom it is theirs to ask."""

import threading
from collections import OrderedDict
from typing import Any, Literal

from webui.access.kinds import Kind
from webui.access.principal import Principal
from webui.engine.engine import Engine
from webui.engine.looks import (
    Answered,
    LatentSource,
    LibraryPicture,
    LookLatentDistance,
    LookLatents,
    LookNearestLatents,
    PictureLatents,
    RecordedLatents,
    Wanted,
)
from webui.errors import InvalidRequest, TrajectoryNotFound, ViewNotFound
from webui.generation.families import family_traits
from webui.generation.limits import MAX_SIDE, MIN_SIDE
from webui.generation.trajectory import TrajectorySummary
from webui.imaging.resizing import Size
from webui.model_manager.catalogue import ModelEntry
from webui.model_manager.recording_models import Chosen, RecordingModels
from webui.server.latent_bodies import DistanceBody, LatentsBody, NearestBody, OfPicture, OfRecording
from webui.server.recording_views import MODEL_SECONDS

FileKind = Literal["picture", "channels"]
KINDS: tuple[FileKind, ...] = ("picture", "channels")
MOST_KNOWN = 500
MOST_ENLARGED = 2.0
"""A picture whose sides are longer than the model's own by more is brought to the model's size."""


class LatentViews:
    """Edited latents by id: what was asked is remembered, the pictures are the engine's to keep or make again."""

    def __init__(self, engine: Engine, models: RecordingModels) -> None:
        self._engine = engine
        self._models = models
        self._lock = threading.Lock()
        self._known: OrderedDict[str, LookLatents] = OrderedDict()

    def begin(self, asked: LatentsBody, wanted: Wanted, who: Principal) -> dict[str, Any]:
        """What there is to say of somebody's edited latents, with their id and the model's name.

        Raises:
            WebUIError: the picture, the recording, the model or an edit cannot be used.
        """
        chosen = self._chosen(asked.source, asked.model, who, "source")
        question = LookLatents(
            source=self._found(asked.source, chosen, who, "source"), edits=asked.edits, model=chosen.name,
            weights=chosen.weights,
        )  # fmt: skip
        answered = self._engine.look(question, MODEL_SECONDS, wanted)
        with self._lock:
            self._known[question.key] = question
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        self._engine.ownership.note(who.owner, Kind.LATENTS, question.key)
        source = question.source.model_dump()
        return {"id": question.key, "model": chosen.name, "notes": chosen.notes, "source": source, **answered.values}

    def file(self, latents: str, kind: FileKind, wanted: Wanted) -> bytes:
        """One of its PNG files.

        Raises:
            ViewNotFound: there are no such latents.
        """
        with self._lock:
            question = self._known.get(latents)
        if question is None:
            raise ViewNotFound("These latents are not known (any more).", hint="Ask for them again.")
        return self._engine.look(question, MODEL_SECONDS, wanted).parts[KINDS.index(kind)]

    def distance(self, asked: DistanceBody, wanted: Wanted, who: Principal) -> Answered:
        """How far two pictures lie apart.

        Raises:
            WebUIError: one of them, or the model, cannot be used.
        """
        chosen = self._chosen(asked.one, asked.model, who, "one")
        one = self._found(asked.one, chosen, who, "one")
        other = self._found(_at_size_of(one, asked.other), chosen, who, "other")
        question = LookLatentDistance(one=one, other=other, model=chosen.name, weights=chosen.weights)
        return self._engine.look(question, MODEL_SECONDS, wanted)

    def nearest(self, asked: NearestBody, wanted: Wanted, who: Principal) -> Answered:
        """Which of somebody's newest pictures lie nearest.

        Raises:
            WebUIError: the picture or the model cannot be used.
        """
        self._engine.take_picture(asked.picture, who.owner, field="picture")
        entry = self._engine.catalogue.find(asked.model)
        newest = self._engine.library.recent(asked.among, scope=who.owner)
        among = tuple(LibraryPicture(id=each.id, path=each.path) for each in newest if each.path is not None)
        question = LookNearestLatents(
            picture=asked.picture, among=among, count=asked.count, model=entry.name,
            weights=self._models.fingerprint(entry),
        )  # fmt: skip
        return self._engine.look(question, MODEL_SECONDS, wanted)

    def _chosen(self, source: OfPicture | OfRecording, model: str | None, who: Principal, field: str) -> Chosen:
        """The model that answers; for a recording its own, unless another one is named."""
        if isinstance(source, OfRecording):
            return self._models.chosen(self._summary(source, who, field).header.model, model)
        entry = self._engine.catalogue.find(model)
        return Chosen(entry.name, self._models.fingerprint(entry))

    def _found(self, source: OfPicture | OfRecording, chosen: Chosen, who: Principal, field: str) -> LatentSource:
        """Where the worker finds it, after it was seen that it is theirs."""
        if isinstance(source, OfRecording):
            self._summary(source, who, field)
            return RecordedLatents(trajectory=source.trajectory, picture=source.picture)
        self._engine.take_picture(source.picture, who.owner, field=f"{field}.picture")
        entry = self._engine.catalogue.find(chosen.name)
        width, height = usual_size(self._engine.inputs.open(source.picture).size, entry)
        return PictureLatents(picture=source.picture, width=source.width or width, height=source.height or height)

    def _summary(self, source: OfRecording, who: Principal, field: str) -> TrajectorySummary:
        try:
            return self._engine.trajectories.summary(source.trajectory, who.scope)
        except TrajectoryNotFound as error:
            field = f"{field}.trajectory"
            raise InvalidRequest(
                f"{field}: there is no recording {source.trajectory}.", hint=error.hint, field=field
            ) from error


def usual_size(picture: Size, entry: ModelEntry) -> Size:
    """At which size a picture's latents are looked at: its own, or about the model's area where it is far larger.

    Returns:
        Width and height in pixels, multiples of what the model takes.
    """
    width, height = picture
    own = entry.default_width * entry.default_height
    factor = 1.0 if width * height <= own * MOST_ENLARGED**2 else (own / (width * height)) ** 0.5
    multiple = family_traits(entry.family).size_multiple if entry.family else 8
    return (
        min(MAX_SIDE, max(MIN_SIDE, round(width * factor / multiple) * multiple)),
        min(MAX_SIDE, max(MIN_SIDE, round(height * factor / multiple) * multiple)),
    )


def _at_size_of(one: LatentSource, other: OfPicture | OfRecording) -> OfPicture | OfRecording:
    """A picture that is compared, at the size of the first one where none is named."""
    if isinstance(one, PictureLatents) and isinstance(other, OfPicture) and other.width is None is other.height:
        return other.model_copy(update={"width": one.width, "height": one.height})
    return other
