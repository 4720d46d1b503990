"""What texts say together: their embeddings, brought to one length, blended or moved along concepts."""

from collections.abc import Sequence

from webui.diffusion.blending import blended, moved
from webui.diffusion.families.base import PromptEmbedding, PromptReader
from webui.generation.blend import BlendWay

Concept = tuple[str, str, float]
"""From which text to which, and how many times the way."""


class Mixing:
    """Mixes what a reader of prompts reads, for one walk; the same mixture is made once."""

    def __init__(self, read: PromptReader) -> None:
        self._read = read
        self._blended: dict[object, PromptEmbedding] = {}
        self._moved: dict[object, tuple[PromptEmbedding, PromptEmbedding]] = {}

    def blended(self, ideas: Sequence[tuple[str, float]], way: BlendWay) -> PromptEmbedding:
        """Texts with their weights as one embedding; that of a single text of weight 1 is its very own."""
        key = tuple(ideas), way
        if key not in self._blended:
            together = self._of_one_length([self._read(text) for text, _ in ideas])
            self._blended[key] = blended(together, [weight for _, weight in ideas], way)
        return self._blended[key]

    def moved(self, embedding: PromptEmbedding, concepts: Sequence[Concept]) -> PromptEmbedding:
        """An embedding of one row moved along concepts; the very same where there are none."""
        if not concepts:
            return embedding
        key = id(embedding), tuple(concepts)
        if key not in self._moved:
            ends = [self._read(text) for low, high, _ in concepts for text in (low, high)]
            first, *others = self._of_one_length([embedding, *ends])
            pairs = zip(others[::2], others[1::2], [amount for _, _, amount in concepts], strict=True)
            # What is remembered by its identity is kept alive beside what was made of it.
            self._moved[key] = embedding, moved(first, list(pairs))
        return self._moved[key][1]

    def _of_one_length(self, embeddings: Sequence[PromptEmbedding]) -> list[PromptEmbedding]:
        longest = max(each.tokens.shape[1] for each in embeddings)
        return [self._read.filled(each, longest) for each in embeddings]
