"""Prompts of families with one text encoder, which read nothing but its tokens."""

from webui.diffusion.families.base import PromptEmbedding, PromptOptions
from webui.diffusion.families.filling import filled_with
from webui.diffusion.prompt_encoding import PromptEncoder
from webui.diffusion.prompt_words import PromptWord
from webui.diffusion.text_encoder import TextEncoder


class SingleEncoderReader:
    """A `PromptReader` over one text encoder."""

    def __init__(self, encoder: TextEncoder, options: PromptOptions) -> None:
        self._encoder = PromptEncoder(
            encoder, emphasis=options.emphasis, clip_skip=options.clip_skip, embeddings=options.embeddings
        )
        self.notes = self._encoder.notes

    def __call__(self, text: str, *, negative: bool = False) -> PromptEmbedding:
        """A prompt to an embedding (1, 77 for each chunk, width).

        Raises:
            InvalidRequest: the text encoder has fewer layers than are to be skipped.
        """
        return PromptEmbedding(self._encoder(text))

    def filled(self, embedding: PromptEmbedding, tokens: int) -> PromptEmbedding:
        """An embedding with chunks of no words behind its text, up to so many tokens."""
        return filled_with(embedding, self("").tokens, tokens)

    def words(self, text: str) -> list[PromptWord]:
        """The words of a prompt that can be pointed at, and the places of their tokens in its embedding."""
        return self._encoder.words(text)

    def without(self, text: str, word: PromptWord) -> PromptEmbedding:
        """The embedding of a prompt of which one word is left out, of the same shape."""
        return PromptEmbedding(self._encoder.without(text, word))
