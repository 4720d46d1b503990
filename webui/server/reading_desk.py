"""What a picture shows: asked of the worker, in the name of whoever asks."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from webui.engine.engine import Engine
from webui.engine.looks import LookRead, Wanted
from webui.generation.ways import PictureId
from webui.readers.reading import tags_of
from webui.readers.shelf import NOTHING_HERE, WHAT_TO_DO, ReaderEntry

READ_SECONDS = 300.0
"""How long an answer may wait: a large reader has to be loaded, and between two steps of a job it has its turn only."""


class ReadBody(BaseModel):
    """A picture, by its id, and who is to read it; the default reader where none is named."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    picture: PictureId
    reader: Annotated[str, Field(min_length=1, max_length=500)] | None = None


class ReadingDesk:
    """Threads may share it.

    Args:
        engine: has the readers, the pictures and the worker.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def readers(self) -> list[ReaderEntry]:
        """All readers, the default one first."""
        return self._engine.readers.entries()

    def told(self) -> dict[str, Any]:
        """All readers as JSON values; where none can be used, `missing` says what to do."""
        entries = self.readers()
        usable = [entry.name for entry in entries if entry.problem is None]
        return {
            "readers": [entry.to_json() for entry in entries],
            "default": usable[0] if usable else None,
            "missing": "" if entries else f"{NOTHING_HERE} {WHAT_TO_DO}",
        }

    def read(self, asked: ReadBody, owner: str, wanted: Wanted) -> dict[str, Any]:
        """What a reader says of a picture, as JSON values.

        Raises:
            InvalidRequest: there is no such picture, or it is somebody else's.
            WebUIError: there is no such reader, it cannot be used, or the worker could not be asked.
        """
        entry = self._engine.readers.find(asked.reader)
        self._engine.take_picture(asked.picture, owner, field="picture")
        question = LookRead(picture=asked.picture, reader=entry.name, version=entry.version)
        reading = dict(self._engine.look(question, READ_SECONDS, wanted).values)
        return {**reading, "tags": tags_of(reading)}
