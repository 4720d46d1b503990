"""Which readers there are: found on the disk without loading any. No torch.

A model that can read pictures has an image encoder and `questions.json` beside its text encoder. Others are what the
user has put into `models/readers/NAME/`: folders as the hub has them, with safetensors and no code of their own.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from webui.errors import ModelNotFound, ModelUnusable
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.diffusers_folder import weights_of
from webui.model_manager.catalogue.folder_safety import check_files, read_json
from webui.readers.questions import QUESTIONS_FILE, read_questions

READERS = "readers"
"""The folder below `models/`."""
IMAGE_ENCODER, TEXT_ENCODER, TOKENIZER = "image_encoder", "text_encoder", "tokenizer"
NOTHING_HERE = "No reader is here: nothing can say what a picture shows."
WHAT_TO_DO = (
    "Put a BLIP or CLIP model, a folder as Hugging Face has it with .safetensors weights, into models/readers/NAME/, "
    "or use a model that brings an image encoder."
)


class ReaderKind(StrEnum):
    """What a reader makes of a picture: a free sentence, or the likeliest of known words or labels."""

    CAPTION = "caption"
    CLIP = "clip"
    ATTRIBUTES = "attributes"


_KINDS_OF_HUB = {"blip": ReaderKind.CAPTION, "clip": ReaderKind.CLIP}
"""By `model_type` of config.json."""
_CLASSES = {ReaderKind.CAPTION: "BlipForConditionalGeneration", ReaderKind.CLIP: "CLIPModel"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderEntry:
    """A reader on the disk. `problem` says why it cannot be used; `version` is another one when its files change."""

    name: str
    path: Path
    kind: ReaderKind
    version: str = ""
    problem: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON values, without the path."""
        return {"name": self.name, "kind": self.kind.value, "problem": self.problem}


class ReaderShelf:
    """The readers in some folders. Threads may share it; the disk is looked at whenever something is asked.

    Args:
        catalogue: has the models, of which some can read.
        models_dirs: below which `readers` is looked for, in order.
    """

    def __init__(self, catalogue: Catalogue, models_dirs: tuple[Path, ...]) -> None:
        self._catalogue = catalogue
        self._models_dirs = models_dirs

    def entries(self) -> list[ReaderEntry]:
        """All readers, the default one first: what the user has put there comes before what models bring.

        Of those, one that writes sentences comes first, and what cannot be used last.
        """
        found: dict[str, ReaderEntry] = {}
        for entry in (*self._given(), *self._of_models()):
            found.setdefault(entry.name, entry)
        order = list(ReaderKind)
        return sorted(found.values(), key=lambda entry: (entry.problem is not None, order.index(entry.kind)))

    def find(self, name: str | None = None) -> ReaderEntry:
        """The reader of that name; None is the default one.

        Raises:
            ModelNotFound: there is no such reader, or none at all.
            ModelUnusable: its files are missing, damaged or of a kind that is not read.
        """
        entries = self.entries()
        if not entries:
            raise ModelNotFound(NOTHING_HERE, hint=WHAT_TO_DO, field="reader")
        entry = entries[0] if name is None else next((each for each in entries if each.name == name), None)
        if entry is None:
            known = ", ".join(each.name for each in entries[:8])
            raise ModelNotFound(f"There is no reader '{name}'.", hint=f"There are: {known}.", field="reader")
        if entry.problem is not None:
            raise ModelUnusable(
                f"The reader '{entry.name}' cannot be used: {entry.problem}",
                hint="Restore its files, or choose another one.", field="reader",
            )  # fmt: skip
        return entry

    def _given(self) -> Iterator[ReaderEntry]:
        for folder in self._models_dirs:
            for path in _folders(folder / READERS):
                yield _examined(path)

    def _of_models(self) -> Iterator[ReaderEntry]:
        for model in self._catalogue.entries():
            if model.problem is None and model.path.is_dir() and (model.path / QUESTIONS_FILE).is_file():
                yield _of_encoders(ReaderEntry(name=model.name, path=model.path, kind=ReaderKind.ATTRIBUTES))


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:
        return []


def _examined(path: Path) -> ReaderEntry:
    """A folder that the user has put there."""
    entry = ReaderEntry(name=path.name, path=path, kind=ReaderKind.CAPTION)
    if (path / QUESTIONS_FILE).is_file():
        return _of_encoders(replace(entry, kind=ReaderKind.ATTRIBUTES))
    try:
        check_files(path)
        config = read_json(path / "config.json")
        told = config.get("model_type") if isinstance(config, dict) else None
        kind = _KINDS_OF_HUB.get(told) if isinstance(told, str) else None
        if kind is None:
            raise ModelUnusable(f"it is of the kind '{str(told)[:40]}'; BLIP and CLIP models are read.")
        entry = replace(entry, kind=kind)
        classes = config.get("architectures") or [_CLASSES[kind]]
        if _CLASSES[kind] not in classes:
            raise ModelUnusable(f"it is a {str(classes[0])[:60]}, where {_CLASSES[kind]} is read.")
        weights_of(path)
        return replace(entry, version=_version(path, ("",)))
    except ModelUnusable as error:
        return replace(entry, problem=error.message)
    except (OSError, ValueError, TypeError, KeyError) as error:
        return replace(entry, problem=f"its description is missing or damaged ({str(error)[:200]}).")


def _of_encoders(entry: ReaderEntry) -> ReaderEntry:
    """A folder with encoders of pictures and of sentences, and with questions."""
    path = entry.path
    try:
        check_files(path)
        read_questions(path / QUESTIONS_FILE)
        for part in (IMAGE_ENCODER, TEXT_ENCODER):
            if not (path / part / "config.json").is_file():
                raise ModelUnusable(f"the file {part}/config.json is missing.")
            weights_of(path / part)
        return replace(entry, version=_version(path, ("", IMAGE_ENCODER, TEXT_ENCODER, TOKENIZER)))
    except ModelUnusable as error:
        return replace(entry, problem=error.message)
    except (OSError, ValueError) as error:
        return replace(entry, problem=f"its files cannot be read ({str(error)[:200]}).")


def _version(path: Path, parts: tuple[str, ...]) -> str:
    """A fingerprint of the files of some folders, by their sizes and times."""
    digest = hashlib.sha256()
    for part in parts:
        with os.scandir(path / part) as files:
            for file in sorted(files, key=lambda each: each.name):
                if file.is_file():
                    at = file.stat()
                    digest.update(f"{part}/{file.name}\0{at.st_size}\0{at.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
