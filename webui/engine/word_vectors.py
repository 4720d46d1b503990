"""What the words of a model's vocabulary mean to its text encoders: encoded once, and kept. Torch.

They are encoded one after the other with turns for others in between, as a large encoder takes minutes for all of them;
what was encoded stays if whoever asked goes away.
"""

import hashlib
import os
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch

from webui.diffusion.families.base import PromptOptions
from webui.diffusion.idea_geometry import IdeaGeometry, similarities
from webui.diffusion.text_encoder import EmbeddingLookup
from webui.engine.looks import LookVector
from webui.generation.request import GenerationRequest
from webui.model_manager.manager import LoadedModel
from webui.model_manager.vocabulary import vocabulary

FOLDER = "words"
_MOST_MODELS = 4
_TURN_SECONDS = 0.1
"""After so long others have their turn."""


@dataclass(frozen=True, slots=True)
class WordVectors:
    """Words, and what each of them means by itself: (words, width), float32."""

    words: tuple[str, ...]
    meanings: torch.Tensor

    def nearest(self, meaning: torch.Tensor, count: int) -> list[tuple[str, float]]:
        """The words whose meaning is nearest, and how near: cosines around what all words have in common."""
        if not self.words:
            return []
        middle = self.meanings.mean(0)
        alike = similarities((meaning - middle)[None], self.meanings - middle)[0]
        found = alike.topk(min(count, len(self.words)))
        pairs = zip(found.values.tolist(), found.indices.tolist(), strict=True)
        return [(self.words[place], value) for value, place in pairs]


class WordVectorStore:
    """The vectors of the models that were asked for last, in memory; of all of them in a folder.

    Args:
        data_dir: the folder is there.
        embeddings: finds textual inversions: words that are one mean something else.
    """

    def __init__(self, data_dir: Path, embeddings: EmbeddingLookup) -> None:
        self._folder = data_dir / FOLDER
        self._embeddings = embeddings
        self._kept: OrderedDict[str, WordVectors] = OrderedDict()
        self._unfinished: tuple[str, list[torch.Tensor]] | None = None

    def find(self, question: LookVector) -> WordVectors | None:
        """Those for the model of a question, if they were encoded before."""
        key = _key(question)
        found = self._kept.get(key) or self._from_folder(key)
        if found is not None:
            self._keep(key, found)
        return found

    @torch.inference_mode()
    def encode(self, question: LookVector, loaded: LoadedModel) -> bool:
        """Encode more of the words, for as long as one turn; whether all of them are there now.

        Raises:
            InvalidRequest: the model cannot do what the request asks of its text encoders.
        """
        key, words = _key(question), vocabulary(loaded.entry.path)
        if self._unfinished is None or self._unfinished[0] != key:
            self._unfinished = key, []
        done = self._unfinished[1]
        loaded.networks.apply(())  # a word means what it means to the model itself
        side = loaded.family.info.default_size
        options = PromptOptions(request=_reading(question), embeddings=self._embeddings, width=side, height=side)
        read = loaded.family.read_prompts(options)
        geometry, began = IdeaGeometry(read), time.perf_counter()
        while len(done) < len(words):
            done.append(geometry.meanings([read(words[len(done)])])[0])
            if time.perf_counter() - began > _TURN_SECONDS and len(done) < len(words):
                return False
        self._unfinished = None
        found = WordVectors(words, torch.stack(done) if done else torch.zeros(0, 1))
        self._keep(key, found)
        self._to_folder(key, found)
        return True

    def _keep(self, key: str, found: WordVectors) -> None:
        self._kept[key] = found
        self._kept.move_to_end(key)
        while len(self._kept) > _MOST_MODELS:
            self._kept.popitem(last=False)

    def _from_folder(self, key: str) -> WordVectors | None:
        try:
            with np.load(self._folder / f"{key}.npz", allow_pickle=False) as kept:
                words, meanings = tuple(map(str, kept["words"])), torch.from_numpy(kept["meanings"]).float()
        except (OSError, ValueError, KeyError, BadZipFile):
            return None
        return WordVectors(words, meanings) if len(words) == len(meanings) else None

    def _to_folder(self, key: str, found: WordVectors) -> None:
        """Kept as a whole file, or not at all where the folder cannot be written."""
        temporary = self._folder / f"{key}.tmp"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                np.savez(file, words=np.array(found.words), meanings=found.meanings.numpy().astype(np.float16))
            os.replace(temporary, self._folder / f"{key}.npz")
        except OSError:
            return


def _reading(question: LookVector) -> GenerationRequest:
    """What of the request the encoders are told."""
    return GenerationRequest(seed=0, clip_skip=question.request.clip_skip, emphasis=question.request.emphasis)


def _key(question: LookVector) -> str:
    told = f"{question.model}\n{question.weights}\n{question.request.clip_skip}\n{question.request.emphasis}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]
