"""Answers what is asked of latent space itself, in the worker: pictures of points, ideas, vectors. Torch."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from webui.diffusion.latent_statistics import channel_statistics, named
from webui.engine.idea_looks import Vector, ideas_answer
from webui.engine.looks import Answered, ExploreQuestion, LookIdeas, Looking, LookNormal, LookPoints, LookVector
from webui.engine.point_walks import PointPicture, PointTools, PointWalks
from webui.engine.word_vectors import WordVectorStore
from webui.errors import ViewUnavailable
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
                raise ViewUnavailable("This cannot be asked yet.")

    def let_go(self) -> None:
        """Hold no model: another one may need the memory."""
        self._walks.let_go()

    def _points(self, question: LookPoints, load: LoadNamed) -> Looking:
        walk = self._walks.begin(question.request, partial(load, question.model, question.request.vae))
        while (made := walk.call()) is None:
            yield
        values = {"pictures": [_told(each) for each in made]}
        files = tuple(encode_picture(np.asarray(each.picture), question.format) for each in made)
        return Answered(values=values, parts=files)

    def _vector(self, question: LookVector, load: LoadNamed) -> Looking:
        loaded = partial(load, question.model, question.request.vae)
        vector = Vector(question, loaded(), self._tools)
        while (words := self._words.find(question)) is None:
            yield
            self._words.encode(question, loaded())
        nearest = words.nearest(vector.meaning, NEAREST)
        found = [{"word": word, "similarity": round(value, 6)} for word, value in nearest]
        return Answered(values={**vector.values(), "nearest": found})


def _told(made: PointPicture) -> dict[str, Any]:
    width, height = made.picture.size
    statistics = {} if made.lost else named(channel_statistics(made.latents))
    return {
        "seed": made.request.seed, "width": width, "height": height, "lost": made.lost, "strangeness": None,
        "statistics": statistics,
    }  # fmt: skip
