"""The readers themselves: by comparing a picture with sentences, or by writing a caption. Torch."""

from typing import Protocol

import torch
from PIL import Image
from safetensors import SafetensorError
from torch import Tensor
from torch.nn import functional

from webui.errors import ModelUnusable
from webui.model_manager.loading.folder_plan import read_tokenizer
from webui.model_manager.memory.out_of_memory import is_out_of_memory
from webui.readers.clip_questions import clip_questions
from webui.readers.encoders import ClipEncoders, Encoders, ModelEncoders, load_part
from webui.readers.preparing import read_preparation
from webui.readers.questions import QUESTIONS_FILE, Questions, read_questions
from webui.readers.reading import AttributeRead, Reading
from webui.readers.shelf import ReaderEntry, ReaderKind

_MOST_WORDS = 40
"""New tokens of a caption."""
_BEAMS = 3


class Reads(Protocol):
    """A reader in memory."""

    def read(self, picture: Image.Image) -> Reading:
        """What is to be seen in a picture (RGB)."""
        ...


class ComparingReader:
    """Answers each question by the sentences that the picture is nearest to."""

    def __init__(self, entry: ReaderEntry, encoders: Encoders, questions: Questions) -> None:
        self._entry = entry
        self._encoders = encoders
        self._questions = questions
        self._directions = _label_directions(encoders, questions)

    @torch.inference_mode()
    def read(self, picture: Image.Image) -> Reading:
        """See `Reads`."""
        direction = self._encoders.picture(picture)
        attributes = tuple(self._read(name, direction) for name in self._questions.attributes)
        answers = {attribute.name: attribute.labels[0][0] for attribute in attributes}
        return Reading(
            reader=self._entry.name, kind=self._entry.kind.value, attributes=attributes,
            sentence=self._questions.sentence_of(answers),
        )  # fmt: skip

    def _read(self, name: str, direction: Tensor) -> AttributeRead:
        asked = self._questions.attributes[name]
        sharpness = asked.sharpness or self._encoders.sharpness
        scores = (sharpness * (self._directions[name] @ direction)).softmax(dim=0).tolist()
        if not all(score >= 0 for score in scores):  # not a number
            raise _unusable(self._entry, "its weights give no numbers.")
        pairs = sorted(zip(asked.labels, scores, strict=True), key=lambda pair: -pair[1])
        return AttributeRead(name, tuple(pairs))


class CaptionReader:
    """A BLIP model: it writes a sentence.

    Raises:
        ModelUnusable, OSError, ValueError: as from `load_part`.
    """

    def __init__(self, entry: ReaderEntry) -> None:
        self._entry = entry
        self._model = load_part(entry.path, "BlipForConditionalGeneration")
        self._tokenizer = read_tokenizer(entry.path, "BertTokenizer")
        self._side = self._model.config.vision_config.image_size
        self._preparation = read_preparation(entry.path, self._side)

    @torch.inference_mode()
    def read(self, picture: Image.Image) -> Reading:
        """See `Reads`."""
        values = torch.from_numpy(self._preparation.prepared(picture, self._side))
        written = self._model.generate(pixel_values=values, max_new_tokens=_MOST_WORDS, num_beams=_BEAMS)
        sentence = self._tokenizer.decode(written[0], skip_special_tokens=True)
        return Reading(reader=self._entry.name, kind=self._entry.kind.value, sentence=" ".join(sentence.split()))


class LoadedReaders:
    """Keeps the reader that was used last."""

    def __init__(self) -> None:
        self._kept: tuple[ReaderEntry, Reads] | None = None

    def has(self, entry: ReaderEntry) -> bool:
        """Whether a reader, as its files are now, is in memory."""
        return self._kept is not None and self._kept[0] == entry

    def load(self, entry: ReaderEntry) -> Reads:
        """The reader in memory.

        Raises:
            ModelUnusable: it cannot be loaded; the sentence says which file is at fault.
        """
        if self._kept is None or self._kept[0] != entry:
            self.let_go()
            self._kept = entry, load_reader(entry)
        return self._kept[1]

    def let_go(self) -> None:
        """Hold none."""
        self._kept = None


def load_reader(entry: ReaderEntry) -> Reads:
    """A reader from its files.

    Raises:
        ModelUnusable: it cannot be loaded; the sentence says which file is at fault.
    """
    try:
        match entry.kind:
            case ReaderKind.CAPTION:
                return CaptionReader(entry)
            case ReaderKind.CLIP:
                return ComparingReader(entry, ClipEncoders(entry.path), clip_questions())
            case ReaderKind.ATTRIBUTES:
                questions = read_questions(entry.path / QUESTIONS_FILE)
                return ComparingReader(entry, ModelEncoders(entry.path), questions)
    except ModelUnusable as error:
        raise _unusable(entry, error.message) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, SafetensorError) as error:
        if is_out_of_memory(error):
            raise
        raise _unusable(entry, (str(error).strip() or type(error).__name__).splitlines()[0][:300]) from error


def _label_directions(encoders: Encoders, questions: Questions) -> dict[str, Tensor]:
    """By attribute the directions of its labels, (labels, width): each the middle of those of its sentences."""
    labels = [label for attribute in questions.attributes.values() for label in attribute.labels.values()]
    each = encoders.sentences([sentence for label in labels for sentence in label.sentences])
    means = torch.stack([some.mean(dim=0) for some in each.split([len(label.sentences) for label in labels])])
    counts = [len(attribute.labels) for attribute in questions.attributes.values()]
    return dict(zip(questions.attributes, functional.normalize(means, dim=-1).split(counts), strict=True))


def _unusable(entry: ReaderEntry, reason: str) -> ModelUnusable:
    return ModelUnusable(
        f"The reader '{entry.name}' could not be loaded: {reason}",
        hint="Restore its files, or choose another reader.", field="reader",
    )  # fmt: skip
