"""LoRAs and textual inversions by name, as prompts call them, and what is told of them. No torch."""

from collections.abc import Iterable
from pathlib import Path

from webui.errors import ModelUnusable
from webui.generation.networks import Network
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.model_entry import EMBEDDING, LORA, ModelEntry
from webui.model_manager.catalogue.safetensors_header import read_header

_APPLIED = ("lora", "lyco")
"""A1111 once had an extension of its own for LyCORIS, and old prompts still name it."""
_SHOWN_CHARACTERS = 60
_NO_MARKS = str.maketrans("", "", ",:")


class NetworkFiles:
    """The LoRAs and textual inversions among the models, as they are on the disk each time. Threads may share it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._vectors: dict[tuple[Path, int, int], int] = {}

    def loras(self) -> list[str]:
        """The LoRAs by their files' names."""
        return sorted({entry.path.stem for entry in self._catalogue.entries(LORA)}, key=str.casefold)

    def embeddings(self) -> dict[str, int]:
        """The textual inversions by their files' names, and how many vectors each has."""
        found: dict[str, int] = {}
        for entry in self._catalogue.entries(EMBEDDING):
            vectors = self._vectors_of(entry)
            if vectors:
                found.setdefault(entry.path.stem, vectors)
        return dict(sorted(found.items(), key=lambda item: item[0].casefold()))

    def find_lora(self, name: str) -> ModelEntry | None:
        """The LoRA that a prompt names: by its name with folders, by its file's alone, or by what its trainer wrote."""
        whole = name.replace("\\", "/").removesuffix(".safetensors").casefold()
        wanted = whole.rpartition("/")[2]
        entries = self._catalogue.entries(LORA)
        return next(
            (
                entry
                for says in (
                    lambda entry: entry.name.casefold() == whole,
                    lambda entry: entry.path.stem.casefold() == wanted,
                    lambda entry: entry.alias.casefold() == wanted,
                )
                for entry in entries
                if says(entry)
            ),
            None,
        )

    def notes(self, networks: Iterable[Network], model: ModelEntry | None = None) -> list[str]:
        """What of the networks that a prompt names cannot be used, in sentences.

        Args:
            networks: what the prompt names.
            model: what it is written for, if that is known.
        """
        notes: list[str] = []
        for network in networks:
            name = _shortened(network.name)
            if network.kind not in _APPLIED:
                notes.append(f"<{_shortened(network.kind)}:{name}> is left out: {_why_not(network.kind)}")
            else:
                found = self.find_lora(network.name)
                notes += [f"There is no LoRA '{name}'."] if found is None else _misfit(name, found, model)
            for argument in network.unread:
                notes.append(f"'{_shortened(argument)}' is no weight for '{name}'; its default is used.")
        return notes

    def hash_pairs(self, networks: Iterable[Network]) -> dict[str, str]:
        """What a picture's infotext says of the hashes of its LoRAs, as A1111 writes it, as far as they are known.

        Commas and colons in a name would end it there and are left out.
        """
        found: dict[str, str] = {}
        for network in networks:
            entry = self.find_lora(network.name) if network.kind in _APPLIED else None
            if entry is not None and entry.hashes is not None and entry.hashes.autov3:
                found[network.name.translate(_NO_MARKS)] = entry.hashes.autov3
        return {"Lora hashes": ", ".join(f"{name}: {digits}" for name, digits in found.items())} if found else {}

    def _vectors_of(self, entry: ModelEntry) -> int:
        """How many vectors the prompt's name stands for; 0 for what is no such file."""
        state = (entry.path, entry.changed_ns, entry.size_bytes)
        if state not in self._vectors:
            try:
                shapes = [shape for _, shape in read_header(entry.path).tensors.values()]
            except (ModelUnusable, OSError):
                shapes = []
            self._vectors[state] = max((shape[0] if len(shape) > 1 else 1 for shape in shapes), default=0)
        return self._vectors[state]


def misfit(lora: ModelEntry, model: ModelEntry) -> str:
    """A sentence that says what both were made for, if that is known and not the same; else nothing."""
    if not lora.architecture or not model.architecture or lora.architecture == model.architecture:
        return ""
    return f"It was made for {lora.base or lora.architecture}, and this model is {model.base or model.architecture}."


def _misfit(name: str, lora: ModelEntry, model: ModelEntry | None) -> list[str]:
    if lora.problem is not None:
        return [f"The LoRA '{name}' cannot be used: {lora.problem}"]
    told = misfit(lora, model) if model is not None else ""
    return [f"The LoRA '{name}' does not fit the model. {told}"] if told else []


def _why_not(kind: str) -> str:
    return "hypernetworks are not supported." if kind == "hypernet" else "only LoRAs are known."


def _shortened(text: str) -> str:
    """What was written, as far as a sentence can quote it."""
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
