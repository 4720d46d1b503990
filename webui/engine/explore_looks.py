"""Answers what is asked of latent space itself, in the worker: pictures of points, ideas, vectors. Torch."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from webui.engine.idea_looks import Vector, ideas_answer
from webui.engine.looks import Answered, ExploreQuestion, LookIdeas, Looking, LookNormal, LookPoints, LookVector
from webui.engine.normal_pictures import NormalRanges, statistics_of
from webui.engine.point_walks import PointPicture, PointTools, PointWalks
from webui.engine.word_vectors import WordVectorStore
from webui.exploring.normal_range import NormalRange
from webui.imaging.strips import encode_picture
from webui.model_manager.manager import LoadedModel

NEAREST = 10
"""Words that are told."""

LoadNamed = Callable[[str, str | None], LoadedModel]
"""The model of a name in memory, with a VAE in the place of its own or with its own."""


class ExploreLooks:
    """Owns what is remembered between such questions.

    Args:
        tools: what walks need beside the model.
        data_dir: where what was measured of models is kept.
    """

    def __init__(self, tools: PointTools, data_dir: Path) -> None:
        self._tools = tools
        self._walks = PointWalks(tools)
        self._ranges = NormalRanges(data_dir, self._walks)
        self._words = WordVectorStore(data_dir, tools.embeddings)
        self._data_dir = data_dir

    def answer(self, question: ExploreQuestion, load: LoadNamed) -> Looking:
        """Works on the answer, which it returns; yields between two calls of the model.

        Raises:
            WebUIError: the request does not fit the model, or the model cannot be loaded.
        """
        match question:
            case LookPoints():
                return (yield from self._points(question, load))
            case LookIdeas():
                return ideas_answer(question, load(question.model, None), self._tools)
            case LookVector():
                return (yield from self._vector(question, load))
            case LookNormal():
                return (yield from self._normal(question, load))

    def let_go(self) -> None:
        """Hold no model: another one may need the memory."""
        self._walks.let_go()

    def _points(self, question: LookPoints, load: LoadNamed) -> Looking:
        loaded = partial(load, question.model, question.request.vae)
        walk = self._walks.begin(question.request, loaded)
        while (made := walk.call()) is None:
            yield
        normal = self._ranges.find(loaded().entry, question.weights)
        values = {"pictures": [_told(each, normal) for each in made]}
        files = tuple(encode_picture(np.asarray(each.picture), question.format) for each in made)
        return Answered(values=values, parts=files)

    def _normal(self, question: LookNormal, load: LoadNamed) -> Looking:
        loaded = partial(load, question.model, None)
        entry = loaded().entry
        found = self._ranges.find(entry, question.weights)
        measuring = self._ranges.measuring(entry, question.weights, loaded)
        while found is None:
            yield
            found = measuring.call()
            if found is not None:
                self._ranges.keep(entry, question.weights, found)
        return Answered(values=found.as_json())

    def _vector(self, question: LookVector, load: LoadNamed) -> Looking:
        loaded = partial(load, question.model, question.request.vae)
        vector = Vector(question, loaded(), self._tools)
        while (words := self._words.find(question)) is None:
            yield
            self._words.encode(question, loaded())
        nearest = words.nearest(vector.meaning, NEAREST)
        found = [{"word": word, "similarity": round(value, 6)} for word, value in nearest]
        return Answered(values={**vector.values(), "nearest": found})


def _told(made: PointPicture, normal: NormalRange | None) -> dict[str, Any]:
    width, height = made.picture.size
    statistics = statistics_of(made)
    return {
        "seed": made.request.seed,
        "width": width,
        "height": height,
        "lost": made.lost,
        "strangeness": normal.strangeness(statistics) if normal and statistics else None,
        "statistics": statistics,
    }
