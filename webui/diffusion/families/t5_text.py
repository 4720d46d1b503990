"""T5's text encoder (Raffel et al. 2020), as the families read it that are told their prompts by it.

What A1111's prompt language means here, where a prompt is read as a whole and not in chunks:

- Emphasis multiplies what is encoded of a word, as it does for CLIP. The mean is not restored afterwards, since that of
  T5's vectors is next to nothing and would turn their sign as soon as not.
- The prompt is cut into tokens without its marks, so that weights never change which tokens a word has.
- BREAK is a space.
- What does not fit into the encoder's length is left out, and said.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from webui.diffusion.prompt_encoding import weighted
from webui.diffusion.prompt_words import PromptWord, written_words
from webui.generation.plain_prompt import PlainPrompt
from webui.generation.request import Emphasis


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The tokens of a text without the end mark, where in the text each begins and ends, and what it weighs."""

    ids: tuple[int, ...]
    places: tuple[tuple[int, int], ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class T5Text:
    """A tokeniser and its encoder, as transformers loads them.

    Args:
        tokenizer: a `T5Tokenizer`. (Any, as its kin: transformers' classes take their attributes at run time.)
        encoder: a `T5EncoderModel`.
        device: where it computes.
        length: how many tokens the network is trained to be told at most, the end mark among them.
        filled: whether the text is filled up to that length, and the filling read by encoder and network alike, as SD 3
            and FLUX.1 were trained; else a single token of filling is kept, which the encoder's words do not see, as
            Chroma was.
    """

    tokenizer: Any
    encoder: Any
    device: torch.device
    length: int
    filled: bool = True

    def tokens(self, plain: PlainPrompt) -> _Tokens:
        """The tokens of a text of any length."""
        read = self.tokenizer(
            plain.text, add_special_tokens=False, truncation=False, verbose=False, return_offsets_mapping=True
        )
        places = tuple((int(start), int(end)) for start, end in read.offset_mapping)
        # A token may begin with the space before its word, which weighs nothing of its own.
        weights = tuple(plain.weights[end - 1] if end > start else 1.0 for start, end in places)
        return _Tokens(tuple(read.input_ids), places, weights)

    @torch.inference_mode()
    def encode(self, tokens: _Tokens) -> torch.Tensor:
        """Embeddings (1, n, width) of the tokens that there is room for, their end mark and the filling."""
        room = self.length - 1
        ids, weights = [*tokens.ids[:room], self.tokenizer.eos_token_id], [*tokens.weights[:room], 1.0]
        filling = self.length - len(ids) if self.filled else min(1, self.length - len(ids))
        padded = torch.tensor([ids + [self.tokenizer.pad_token_id] * filling], device=self.device)
        mask = None
        if not self.filled:
            mask = torch.tensor([[1] * len(ids) + [0] * filling], device=self.device)
        encoded = self.encoder(padded, attention_mask=mask)[0]
        return weighted(encoded, [*weights, *[1.0] * filling], mean_restored=False)


class T5Reader:
    """Reads prompts with T5 for one walk; equal texts are encoded once.

    `notes` says in sentences what of the prompts could not be used.
    """

    def __init__(self, text: T5Text, *, emphasis: Emphasis) -> None:
        self._text = text
        self._emphasis = emphasis
        self._encoded: dict[str, torch.Tensor] = {}
        self.notes: list[str] = []

    def __call__(self, text: str) -> torch.Tensor:
        """A prompt to embeddings (1, n, width)."""
        if text not in self._encoded:
            tokens = self._text.tokens(PlainPrompt.read(text, self._emphasis))
            self._tell_length(len(tokens.ids))
            self._encoded[text] = self._text.encode(tokens)
        return self._encoded[text]

    def words(self, text: str) -> list[PromptWord]:
        """The words of a prompt that can be pointed at, and the places of their tokens in its embeddings."""
        return [word for word, _, _ in self._placed(text)]

    def without(self, text: str, word: PromptWord) -> torch.Tensor:
        """The embeddings of a prompt of which one word is left out."""
        start, end = next((start, end) for other, start, end in self._placed(text) if other == word)
        return self._text.encode(self._text.tokens(PlainPrompt.read(text, self._emphasis).without(start, end)))

    def _placed(self, text: str) -> Iterator[tuple[PromptWord, int, int]]:
        """Each word with where it begins and ends in the prompt without marks."""
        plain = PlainPrompt.read(text, self._emphasis)
        places = self._text.tokens(plain).places[: self._text.length - 1]
        for start, end in written_words(plain.text):
            its = tuple(number for number, (begin, stop) in enumerate(places) if begin < end and stop > start)
            if its:
                yield PromptWord(plain.text[start:end], its), start, end

    def _tell_length(self, tokens: int) -> None:
        room = self._text.length - 1
        if tokens > room:
            note = (
                f"The prompt has {tokens:,} tokens for the text encoder T5, which reads {room} of them: its end is "
                "left out."
            )
            if note not in self.notes:
                self.notes.append(note)
