"""Answers what a picture shows, in the worker. Torch."""

from webui.engine.looks import Answered, Looking, LookRead
from webui.imaging.reading import flattened
from webui.library.inputs import InputStore
from webui.readers.readers import LoadedReaders
from webui.readers.shelf import ReaderShelf


class ReadingLooks:
    """Owns the reader that was asked last.

    Args:
        shelf: knows what readers there are.
        inputs: has the pictures.
    """

    def __init__(self, shelf: ReaderShelf, inputs: InputStore) -> None:
        self._shelf = shelf
        self._inputs = inputs
        self._loaded = LoadedReaders()

    def answer(self, question: LookRead) -> Looking:
        """Works on the answer, which it returns; yields once where a reader had to be loaded.

        Raises:
            ModelNotFound, ModelUnusable: the reader is not there, or cannot be loaded.
            PictureNotFound, PictureUnreadable: the picture is not among the inputs, or its file is damaged.
        """
        entry = self._shelf.find(question.reader)
        picture = flattened(self._inputs.open(question.picture))
        if not self._loaded.has(entry):
            self._loaded.load(entry)
            yield
        return Answered(values=self._loaded.load(entry).read(picture).to_json())

    def let_go(self) -> None:
        """Hold no reader: a model may need the memory."""
        self._loaded.let_go()
