"""From a prompt of any length to embeddings: emphasis, chunks of tokens, textual inversions.

The algorithm is A1111's, so that its prompts give what they give there: tokens are cut into chunks of 75, rather after
a comma than in the middle of a phrase; each chunk is encoded by itself and the results are joined along the tokens.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from webui.diffusion.prompt_words import CountedWord, PromptWord, counted_words, placed_words
from webui.diffusion.text_encoder import EmbeddingLookup, EncodedChunk, TextEncoder, TokenChunk
from webui.generation.chunks import ChunkCutter
from webui.generation.prompt_emphasis import BREAK_MARK, Weighted, parse_emphasis
from webui.generation.request import Emphasis

_LONGEST_NAME = 8
"""Names of textual inversions are looked for in so many words in a row."""

_STAND_IN = 0
"""The token in whose place vectors stand; none that ends or fills a chunk, by which encoders find the text's end."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What must not be cut: a token, or all vectors of a textual inversion."""

    token: int
    weight: float
    vectors: torch.Tensor | None = None

    def __len__(self) -> int:
        return 1 if self.vectors is None else len(self.vectors)


class PromptEncoder:
    """Encodes prompts for one walk; equal texts are encoded once.

    `notes` says in sentences what of the prompts could not be used.

    Args:
        encoder: the model's text encoder.
        emphasis: what `(word:1.3)` does.
        clip_skip: how many layers from the end the encoder's result is taken; 1 is where the model usually takes it.
        embeddings: textual inversions by name.
    """

    def __init__(
        self, encoder: TextEncoder, *, emphasis: Emphasis, clip_skip: int, embeddings: EmbeddingLookup
    ) -> None:
        self._encoder = encoder
        self._emphasis = emphasis
        self._clip_skip = clip_skip
        self._embeddings = embeddings
        self._room = encoder.chunk_length - 2
        comma = encoder.tokenize(",")
        self._comma = comma[0] if len(comma) == 1 else None
        self._cut: dict[str, list[list[_Piece]]] = {}
        self._encoded: dict[str, list[EncodedChunk]] = {}
        self._tokens: dict[str, torch.Tensor] = {}
        self.notes: list[str] = []

    def __call__(self, text: str) -> torch.Tensor:
        """A prompt to embeddings (1, 77 for each chunk, width).

        Raises:
            InvalidRequest: the text encoder has fewer layers than `clip_skip`.
        """
        if text not in self._tokens:
            self._tokens[text] = _joined(self._all(text))
        return self._tokens[text]

    def pooled(self, text: str) -> torch.Tensor:
        """What the encoder says of all of a prompt, (1, width): of its first chunk, as in A1111, without emphasis.

        Raises:
            InvalidRequest: as when it is called.
        """
        pooled = self._all(text)[0].pooled
        assert pooled is not None
        return pooled

    def chunk_count(self, text: str) -> int:
        """How many chunks a prompt has, at least one."""
        return len(self._chunks(text))

    def words(self, text: str) -> list[PromptWord]:
        """The words of a prompt that can be pointed at, and the places of their tokens in its embedding.

        The name of a textual inversion is one word.
        """
        places: list[int] = []
        for number, chunk in enumerate(self._chunks(text)):
            begin = number * self._encoder.chunk_length + 1
            places.extend(range(begin, begin + sum(map(len, chunk))))
        counted = [word for run in self._runs(text) if not _is_break(run) for word in self._counted(run.text)]
        return placed_words(counted, places)

    def without(self, text: str, word: PromptWord) -> torch.Tensor:
        """The embedding of a prompt of which one word is left out, of the same shape; the others keep their chunks."""
        return _joined(self._all_without(text, word))

    def pooled_without(self, text: str, word: PromptWord) -> torch.Tensor:
        """What the encoder says of all of a prompt of which one word is left out, (1, width)."""
        pooled = self._all_without(text, word)[0].pooled
        assert pooled is not None
        return pooled

    def _all_without(self, text: str, word: PromptWord) -> list[EncodedChunk]:
        """Only the chunks that the word is in are encoded again."""
        left_out, length = set(word.tokens), self._encoder.chunk_length
        encoded = list(self._all(text))
        for number, chunk in enumerate(self._chunks(text)):
            place = number * length + 1
            kept: list[_Piece] = []
            for piece in chunk:
                if place not in left_out:
                    kept.append(piece)
                place += len(piece)
            if len(kept) < len(chunk):
                encoded[number] = self._encode(kept)
        return encoded

    def _all(self, text: str) -> list[EncodedChunk]:
        if text not in self._encoded:
            self._encoded[text] = [self._encode(chunk) for chunk in self._chunks(text)]
        return self._encoded[text]

    def _counted(self, text: str) -> Iterator[CountedWord]:
        begin = 0
        for start, end, vectors in self._named_vectors(text):
            yield from counted_words(text[begin:start], self._encoder)
            yield CountedWord(text[start:end], len(vectors))
            begin = end
        yield from counted_words(text[begin:], self._encoder)

    def _chunks(self, text: str) -> list[list[_Piece]]:
        if text not in self._cut:
            self._cut[text] = self._cut_up(text)
        return self._cut[text]

    def _cut_up(self, text: str) -> list[list[_Piece]]:
        cutter: ChunkCutter[_Piece] = ChunkCutter(self._room)
        for run in self._runs(text):
            if _is_break(run):
                cutter.close()
                continue
            weight = 1.0 if self._emphasis is Emphasis.IGNORE else run.weight
            for piece in self._pieces(run.text, weight):
                is_comma = piece.token == self._comma and piece.vectors is None
                cutter.add(piece, length=len(piece), is_comma=is_comma)
        return cutter.finish()

    def _runs(self, text: str) -> Sequence[Weighted]:
        return [Weighted(text, 1.0)] if self._emphasis is Emphasis.NONE else parse_emphasis(text)

    def _pieces(self, text: str, weight: float) -> Iterator[_Piece]:
        begin = 0
        for start, end, vectors in self._named_vectors(text):
            yield from (_Piece(token, weight) for token in self._encoder.tokenize(text[begin:start]))
            yield _Piece(_STAND_IN, weight, vectors)
            begin = end
        yield from (_Piece(token, weight) for token in self._encoder.tokenize(text[begin:]))

    def _named_vectors(self, text: str) -> Iterator[tuple[int, int, torch.Tensor]]:
        """Where names of textual inversions stand in a text, the longest first, and their vectors."""
        words = _words(text)
        taken = 0
        for first, (start, _) in enumerate(words):
            if start < taken:
                continue
            for _, end in reversed(words[first : first + _LONGEST_NAME]):
                vectors = self._fitting(text[start:end])
                if vectors is not None:
                    yield start, end, vectors
                    taken = end
                    break

    def _fitting(self, name: str) -> torch.Tensor | None:
        vectors = self._embeddings(name)
        if vectors is None:
            return None
        if isinstance(vectors, torch.Tensor) and vectors.shape[1] == self._encoder.width and len(vectors) <= self._room:
            return vectors
        note = f"The embedding '{name}' was made for another kind of model and is read as ordinary words."
        if note not in self.notes:
            self.notes.append(note)
        return None

    def _encode(self, pieces: Sequence[_Piece]) -> EncodedChunk:
        ids, weights, vectors = [self._encoder.begin], [1.0], []
        for piece in pieces:
            if piece.vectors is not None:
                vectors.append((len(ids), piece.vectors))
            ids += [piece.token] * len(piece)
            weights += [piece.weight] * len(piece)
        ids.append(self._encoder.end)
        length = self._encoder.chunk_length
        ids += [self._encoder.padding] * (length - len(ids))
        weights += [1.0] * (length - len(weights))
        encoded = self._encoder.encode(TokenChunk(tuple(ids), tuple(vectors)), clip_skip=self._clip_skip)
        tokens = weighted(encoded.tokens, weights, mean_restored=self._emphasis is Emphasis.ORIGINAL)
        return replace(encoded, tokens=tokens)


def weighted(encoded: torch.Tensor, weights: Sequence[float], *, mean_restored: bool) -> torch.Tensor:
    """The embeddings (1, tokens, width) of a chunk, each token times its weight.

    With `mean_restored` the whole chunk is then scaled so that its mean is what it was, as A1111 does by default.
    """
    if all(weight == 1.0 for weight in weights):
        return encoded
    before = encoded.float()
    after = before * torch.tensor(weights, device=encoded.device).reshape(1, -1, 1)
    scale = before.mean() / after.mean()
    if mean_restored and torch.isfinite(scale):
        after = after * scale
    return after.to(encoded.dtype)


def _joined(chunks: Sequence[EncodedChunk]) -> torch.Tensor:
    return torch.cat([chunk.tokens for chunk in chunks], dim=1)


def _is_break(run: Weighted) -> bool:
    return run.text == BREAK_MARK and run.weight == -1.0


def _words(text: str) -> list[tuple[int, int]]:
    """Where the words of a text start and end; what joins the parts of names, `_` and `-`, is part of a word."""
    words: list[tuple[int, int]] = []
    start = None
    for position, character in enumerate(text):
        if character.isalnum() or character in "_-":
            start = position if start is None else start
        elif start is not None:
            words.append((start, position))
            start = None
    return words if start is None else [*words, (start, len(text))]
