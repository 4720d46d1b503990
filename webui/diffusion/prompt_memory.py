"""What prompts were encoded to is remembered from one walk to the next, as people often change other things."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any

from webui.diffusion.families.base import Family, PromptEmbedding, PromptOptions, PromptReader
from webui.diffusion.prompt_words import PromptWord

_MOST_BYTES = 64_000_000
_NOT_READ = {
    "prompt", "negative_prompt", "blend", "sliders", "noise_turns", "points", "styles", "seed", "same_seed",
    "variation_seed", "variation_strength", "steps", "sampler", "schedule", "cfg_scale", "batch_size", "batch_count",
    "noise_source", "start", "mask", "hires", "eta", "fast", "vae", "refiner",
}  # fmt: skip
"""What of a request no text encoder is told. All the rest counts: what is encoded once too often costs little."""


@dataclass(frozen=True, slots=True)
class _Remembered:
    """An embedding, what there was to note, and the textual inversions that were asked for by name."""

    embedding: PromptEmbedding
    notes: tuple[str, ...]
    asked: dict[str, Any]


class PromptMemory:
    """The encoded prompts of one model, the latest of them, up to 64 MB.

    Args:
        encoded_with: what changes the text encoders at the moment, LoRAs: equal keys, equal encodings.
    """

    def __init__(self, encoded_with: Callable[[], Hashable] = tuple) -> None:
        self._encoded_with = encoded_with
        self._kept: OrderedDict[Hashable, _Remembered] = OrderedDict()
        self._bytes = 0

    def reader(self, family: Family, options: PromptOptions) -> PromptReader:
        """What reads the prompts of a walk, and has what was read before."""
        return _RememberingReader(family, options, self)

    def key(self, told: str, text: str, *, negative: bool) -> Hashable:
        """Under what an encoded text is kept, for what the encoders are `told` beside it."""
        return told, text, negative, self._encoded_with()

    def find(self, key: Hashable, options: PromptOptions) -> _Remembered | None:
        """What was kept; nothing where a name stands for another textual inversion than it did."""
        kept = self._kept.get(key)
        if kept is None or any(options.embeddings(name) is not vectors for name, vectors in kept.asked.items()):
            return None
        self._kept.move_to_end(key)
        return kept

    def keep(self, key: Hashable, remembered: _Remembered) -> None:
        """Keep it, in the place of what was not used for longest."""
        before = self._kept.pop(key, None)
        self._bytes += _size(remembered) - (_size(before) if before else 0)
        self._kept[key] = remembered
        while self._bytes > _MOST_BYTES and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])


class _RememberingReader:
    """A `PromptReader` that looks into the memory first."""

    def __init__(self, family: Family, options: PromptOptions, memory: PromptMemory) -> None:
        self._options = options
        self._memory = memory
        self._told = options.request.model_dump_json(exclude=_NOT_READ) + f" {options.width} x {options.height}"
        self._asked: dict[str, Any] = {}
        self._seen: set[str] = set()
        self._reader = family.read_prompts(replace(options, embeddings=self._lookup))
        self.notes: list[str] = self._reader.notes

    def __call__(self, text: str, *, negative: bool = False) -> PromptEmbedding:
        """As the family's own reader."""
        key = self._memory.key(self._told, text, negative=negative)
        kept = self._memory.find(key, self._options)
        if kept is not None:
            self.notes.extend(note for note in kept.notes if note not in self.notes)
            return kept.embedding
        self._asked, before = {}, len(self.notes)
        embedding = self._reader(text, negative=negative)
        # A reader takes a text to pieces once: only then are its names asked for and its notes written.
        if text not in self._seen:
            self._memory.keep(key, _Remembered(embedding, tuple(self.notes[before:]), self._asked))
        self._seen.add(text)
        return embedding

    def filled(self, embedding: PromptEmbedding, tokens: int) -> PromptEmbedding:
        """As the family's own reader."""
        self._seen.add("")
        return self._reader.filled(embedding, tokens)

    def words(self, text: str) -> list[PromptWord]:
        """As the family's own reader."""
        self._seen.add(text)
        return self._reader.words(text)

    def without(self, text: str, word: PromptWord) -> PromptEmbedding:
        """As the family's own reader."""
        self._seen.add(text)
        return self._reader.without(text, word)

    def _lookup(self, name: str) -> Any:
        vectors = self._options.embeddings(name)
        self._asked[name] = vectors
        return vectors


def _size(remembered: _Remembered) -> int:
    embedding = remembered.embedding
    return sum(tensor.nbytes for tensor in (embedding.tokens, *embedding.more.values()))
