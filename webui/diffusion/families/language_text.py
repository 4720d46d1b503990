"""Language models as text encoders: the newer families read prompts as messages to one.

The prompt is put into the conversation that the family was trained with, and what some layers of the language model
make of it is what the network attends to. There are no chunks and no emphasis: these models read sentences, and round
brackets in them are brackets.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

from webui.diffusion.families.base import PromptEmbedding
from webui.diffusion.families.filling import filled_with_zeros
from webui.diffusion.prompt_words import PromptWord, written_words


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageText:
    """A tokeniser and its language model, as transformers loads them.

    Args:
        tokenizer: a fast tokenizer. (Any, as its kin: transformers' classes take their attributes at run time.)
        encoder: the language model; its `hidden_states` are read.
        device: where it computes.
        conversation: a prompt to the text that the model reads.
        length: how many tokens of it are read at most, the conversation around the prompt among them.
        layers: which hidden states are read; several stand beside each other in each token's vector.
        left_out: how many tokens at the beginning, which are the same for all prompts, the network is not told.
        kept: how many tokens the network is told at most; None is all.
        filled: whether the text is filled up to `length`, and the network told the filling too.
    """

    tokenizer: Any
    encoder: Any
    device: torch.device
    conversation: Callable[[str], str]
    length: int
    layers: tuple[int, ...]
    left_out: int = 0
    kept: int | None = None
    filled: bool = False

    def tokens(self, text: str) -> Any:
        """The tokens of a prompt in its conversation, with their `attention_mask` and `offset_mapping`."""
        return self.tokenizer(
            self.conversation(text), add_special_tokens=False, truncation=True, max_length=self.length,
            padding="max_length" if self.filled else False, return_offsets_mapping=True, verbose=False,
        )  # fmt: skip

    def token_count(self, text: str) -> int:
        """How many tokens a prompt has in its conversation, were there room for all."""
        return len(self.tokenizer(self.conversation(text), add_special_tokens=False, verbose=False).input_ids)

    @torch.inference_mode()
    def encode(self, text: str) -> torch.Tensor:
        """What the layers make of a prompt: (1, tokens, width of all layers together)."""
        read = self.tokens(text)
        ids = torch.tensor([read.input_ids], device=self.device)
        mask = torch.tensor([read.attention_mask], device=self.device)
        states = self.encoder(
            input_ids=ids, attention_mask=mask, output_hidden_states=True, use_cache=False
        ).hidden_states
        return torch.cat([states[layer] for layer in self.layers], dim=-1)[:, self._told]

    def placed(self, text: str) -> Iterator[tuple[PromptWord, int, int]]:
        """Each word that the network is told, with where it begins and ends in the prompt."""
        before = self.conversation(text).find(text)
        places = self.tokens(text).offset_mapping[self._told]
        for start, end in written_words(text):
            first, last = start + before, end + before
            its = tuple(number for number, (begin, stop) in enumerate(places) if begin < last and stop > first)
            if its:
                yield PromptWord(text[start:end], its), start, end

    @property
    def _told(self) -> slice:
        return slice(self.left_out, None if self.kept is None else self.left_out + self.kept)


@dataclass(slots=True, kw_only=True)
class LanguageReader:
    """A `PromptReader` over a language model.

    Args:
        text: the model.
        dtype: of the embeddings.
        more: what the network is told beside every prompt.
    """

    text: LanguageText
    dtype: torch.dtype
    more: dict[str, torch.Tensor] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _encoded: dict[str, PromptEmbedding] = field(default_factory=dict)

    def __call__(self, text: str, *, negative: bool = False) -> PromptEmbedding:
        """A prompt to an embedding of as many tokens as it has, so that equally long ones share a call."""
        if text not in self._encoded:
            self._tell_length(text)
            self._encoded[text] = PromptEmbedding(self.text.encode(text).to(self.dtype), self.more)
        return self._encoded[text]

    def filled(self, embedding: PromptEmbedding, tokens: int) -> PromptEmbedding:
        """An embedding with zeros behind its text, up to so many tokens."""
        return filled_with_zeros(embedding, tokens)

    def words(self, text: str) -> list[PromptWord]:
        """The words of a prompt that can be pointed at, and the places of their tokens in its embedding."""
        return [word for word, _, _ in self.text.placed(text)]

    def without(self, text: str, word: PromptWord) -> PromptEmbedding:
        """The embedding of a prompt of which one word is left out; it has that much fewer tokens."""
        start, end = next((start, end) for other, start, end in self.text.placed(text) if other == word)
        return self(text[:start] + text[end:])

    def _tell_length(self, text: str) -> None:
        most = (
            self.text.length if self.text.kept is None else min(self.text.length, self.text.left_out + self.text.kept)
        )
        count = self.text.token_count(text)
        if count > most:
            self.notes.append(
                f"The prompt has {count:,} tokens for the text encoder, which reads {most:,} of them: its end is left "
                "out."
            )
