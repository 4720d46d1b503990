"""The sentences that a picture is compared with, and the sentence that is made of the answers. Pure; no torch.

`questions.json` of a model folder has them for the image encoder beside it; for CLIP models they are built in.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from webui.errors import ModelUnusable
from webui.generation.invalid_values import as_invalid_request
from webui.model_manager.catalogue.folder_safety import read_json

QUESTIONS_FILE = "questions.json"
_SLOT = re.compile(r"\{(\w+)\}")
_Name = Annotated[str, Field(pattern=r"^\w+$", max_length=40)]
_Words = Annotated[str, Field(min_length=1, max_length=300)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Label(_Strict):
    """A possible answer.

    `sentences` are true of pictures that it fits. `words` name it in a sentence: nothing where it is none; with two,
    the first is for a thing alone, the second for several, which another label says with `several`.
    """

    sentences: Annotated[tuple[_Words, ...], Field(min_length=1, max_length=100)]
    words: Annotated[tuple[_Words, ...], Field(max_length=2)] = ()
    several: bool = False


class Attribute(_Strict):
    """A question with one answer. `sharpness` multiplies cosines; without one the model's own does."""

    labels: Annotated[dict[Annotated[str, Field(min_length=1, max_length=80)], Label], Field(min_length=1)]
    sharpness: Annotated[float, Field(gt=0, le=1000)] | None = None


class SentencePart(_Strict):
    """Words with `{attributes}` in them; they are left out where the attribute `needs` has no words."""

    needs: _Name
    text: _Words


class Questions(_Strict):
    """All attributes, and the parts of a sentence about a picture, which commas join."""

    version: Literal[1] = 1
    attributes: Annotated[dict[_Name, Attribute], Field(min_length=1, max_length=64)]
    sentence: Annotated[tuple[SentencePart, ...], Field(max_length=64)] = ()

    @model_validator(mode="after")
    def _sentence_names_attributes(self) -> Self:
        named = {name for part in self.sentence for name in (part.needs, *_SLOT.findall(part.text))}
        if unknown := sorted(named - self.attributes.keys()):
            raise ValueError(f"the sentence names '{unknown[0]}', which is no attribute")
        return self

    def sentence_of(self, answers: Mapping[str, str]) -> str:
        """The sentence for a label of each attribute."""
        labels = {name: self.attributes[name].labels[label] for name, label in answers.items()}
        several = any(label.several for label in labels.values())
        words = {name: _form(label, several) for name, label in labels.items()}
        parts = [_SLOT.sub(lambda slot: words[slot[1]], part.text) for part in self.sentence if words[part.needs]]
        return ", ".join(" ".join(part.split()) for part in parts)


def _form(label: Label, several: bool) -> str:
    if not label.words:
        return ""
    return label.words[-1] if several else label.words[0]


def read_questions(file: Path) -> Questions:
    """The questions of a file.

    Raises:
        ModelUnusable: it is missing, or is not what it should be; the sentence says why.
    """
    try:
        return Questions.model_validate(read_json(file))
    except ValidationError as error:
        raise ModelUnusable(f"{file.name} is damaged: {as_invalid_request(error).message}") from error
    except (OSError, ValueError) as error:
        raise ModelUnusable(f"{file.name} cannot be read ({str(error)[:200]}).") from error
