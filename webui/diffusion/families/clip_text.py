"""CLIP's text encoder (Radford et al. 2021) behind the protocol that prompts are encoded through."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from webui.diffusion.text_encoder import EncodedChunk, TokenChunk
from webui.errors import InvalidRequest


class ClipText:
    """A tokeniser and its encoder, as transformers loads them.

    Args:
        tokenizer: a `CLIPTokenizer`. (Any, as its kin: transformers' classes take their attributes at run time.)
        encoder: a `CLIPTextModel`, or a `CLIPTextModelWithProjection`.
        device: where it computes; its weights may be elsewhere meanwhile.
        penultimate: whether the model was trained with the state before the last layer, without the final layer norm
            (Podell et al. 2023, section 2.1), from which layers are then counted.
    """

    def __init__(self, *, tokenizer: Any, encoder: Any, device: torch.device, penultimate: bool = False) -> None:
        self._tokenizer = tokenizer
        self._encoder = encoder
        self._device = device
        self._penultimate = penultimate
        self.chunk_length: int = encoder.config.max_position_embeddings
        self.width: int = encoder.config.hidden_size
        self.begin: int = tokenizer.bos_token_id
        self.end: int = tokenizer.eos_token_id
        self.padding: int = tokenizer.pad_token_id

    def tokenize(self, text: str) -> list[int]:
        """The tokens of a text of any length, without those that begin, end and fill a chunk."""
        return self._tokenizer(text, add_special_tokens=False, truncation=False, verbose=False).input_ids

    @torch.inference_mode()
    def encode(self, chunk: TokenChunk, *, clip_skip: int) -> EncodedChunk:
        """A chunk to embeddings: hidden state -`clip_skip`, then the final layer norm; see `penultimate`.

        What is pooled is the end token's, of the last layer, projected where the encoder does that.

        Raises:
            InvalidRequest: there are fewer layers than `clip_skip`.
        """
        layers = self._encoder.config.num_hidden_layers
        most = layers - 1 if self._penultimate else layers
        if clip_skip > most:
            raise InvalidRequest(
                f"clip_skip: {clip_skip} is too many, the text encoder of this model has {layers} layers.",
                hint=f"Choose at most {most}; 1 skips nothing.",
                field="clip_skip",
            )
        ids = torch.tensor([chunk.ids], device=self._device)
        whole = clip_skip == 1 and not self._penultimate
        with self._replaced(chunk):
            said = self._encoder(ids, attention_mask=self._mask(ids), output_hidden_states=not whole)
            pooled = said.text_embeds if hasattr(said, "text_embeds") else said.pooler_output
            if whole:
                return EncodedChunk(said.last_hidden_state, pooled)
            if self._penultimate:
                return EncodedChunk(said.hidden_states[-clip_skip - 1], pooled)
            return EncodedChunk(self._encoder.final_layer_norm(said.hidden_states[-clip_skip]), pooled)

    def _mask(self, ids: torch.Tensor) -> torch.Tensor | None:
        """Hides the filling behind the first end token, from the few encoders that were trained so."""
        if not getattr(self._encoder.config, "use_attention_mask", False):
            return None
        ended = (ids == self.end).cumsum(1)
        return ((ended == 0) | ((ended == 1) & (ids == self.end))).long()

    @contextmanager
    def _replaced(self, chunk: TokenChunk) -> Iterator[None]:
        """While it is entered, the chunk's vectors stand where its tokens' own would."""
        if not chunk.vectors:
            yield
            return
        handle = self._encoder.get_input_embeddings().register_forward_hook(_putting(chunk))
        try:
            yield
        finally:
            handle.remove()


def _putting(chunk: TokenChunk) -> Callable[[Any, Any, torch.Tensor], torch.Tensor]:
    def put(layer: Any, arguments: Any, embedded: torch.Tensor) -> torch.Tensor:
        embedded = embedded.clone()
        for position, vectors in chunk.vectors:
            embedded[:, position : position + len(vectors)] = vectors.to(embedded)
        return embedded

    return put
