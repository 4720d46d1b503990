"""What models there are, learnt without loading any: names, kinds, families, and what is wrong with them. No torch."""

from pathlib import Path

from webui.errors import ModelNotFound, ModelUnusable
from webui.model_manager.catalogue.model_entry import CHECKPOINT, LORA, VAE, Hashes, ModelEntry
from webui.model_manager.catalogue.model_folders import OWN_FOLDERS
from webui.model_manager.catalogue.model_list import ModelList


class Catalogue:
    """The models in some folders. Threads may share it.

    A later folder's model of the same name is hidden by an earlier one's. The disk is looked at whenever something is
    asked; what is on it is remembered by path, size and time of change, so that only new files are opened. Where
    there are more of those than can be read in a moment, the list grows while somebody rescans or asks again.

    Args:
        models_dirs: where models are looked for, in order.
        data_dir: where what was learnt is kept; None keeps it in memory alone. Its settings may name more folders.
    """

    def __init__(self, models_dirs: tuple[Path, ...], data_dir: Path | None = None) -> None:
        self._models_dirs = models_dirs
        self._list = ModelList(models_dirs, data_dir)

    @property
    def version(self) -> int:
        """Grows whenever a look at the disk finds something else than the one before."""
        return self._list.version

    def rescan(self) -> int:
        """Looks at the disk, reads whatever is new, and returns the version then."""
        self._list.look()
        return self._list.version

    def everything(self) -> list[ModelEntry]:
        """All models of all kinds, the default one first, then by kind and name."""
        return self._list.now()

    def entries(self, kind: str = CHECKPOINT) -> list[ModelEntry]:
        """The models of a kind by name, the default one first."""
        return [entry for entry in self.everything() if entry.kind == kind]

    def by_id(self, model_id: str) -> ModelEntry:
        """The model of an id.

        Raises:
            ModelNotFound: there is none (any more).
        """
        entry = next((entry for entry in self.everything() if entry.id == model_id), None)
        if entry is None:
            raise ModelNotFound("This model is not here any more.", hint="Look at the list again.")
        return entry

    def find(self, name: str | None, kind: str = CHECKPOINT) -> ModelEntry:
        """The model of that name; None means the default one: the bundled model, else the first that can be used.

        Upper and lower case are the same where no name is exactly so. Inpainting models are the default only where
        there are no others.

        Raises:
            ModelNotFound: there is no such model, or none at all.
            ModelUnusable: its files are missing, truncated or of a kind that cannot be loaded.
        """
        entries = self.entries(kind)
        entry = _default(entries) if name is None else _called(entries, name)
        if (entry is None or not _is_there(entry)) and self._list.may_be_old:
            self.rescan()
            entries = self.entries(kind)
            entry = _default(entries) if name is None else _called(entries, name)
        if entry is None and name is None:
            raise self._empty(kind)
        if entry is None:
            known = ", ".join([entry.name for entry in entries if entry.problem is None][:8])
            raise ModelNotFound(
                f"There is no {_in_words(kind)} '{name}'.",
                hint=f"There are: {known}." if known else f"Put it into models/{OWN_FOLDERS.get(kind, kind)}/.",
                field="model" if kind == CHECKPOINT else kind,
            )
        if entry.problem is not None:
            raise ModelUnusable(
                f"The {_in_words(kind)} '{entry.name}' cannot be used: {entry.problem}",
                hint=_remedy(entry),
                field="model" if kind == CHECKPOINT else kind,
            )
        return entry

    def learn_hashes(self, entry: ModelEntry, hashes: Hashes) -> None:
        """Remember the hashes of a file, as it was when the entry was made."""
        self._list.learn_hashes(entry, hashes)

    def _empty(self, kind: str) -> ModelNotFound:
        folders = ", ".join(str(folder) for folder in self._models_dirs)
        return ModelNotFound(
            f"There are no models yet in {folders}.",
            hint=f"Put a diffusers folder or a .safetensors file into models/{OWN_FOLDERS.get(kind, kind)}/.",
            field="model",
        )


def _in_words(kind: str) -> str:
    return {CHECKPOINT: "model", LORA: "LoRA", VAE: "VAE"}.get(kind, kind)


def _default(entries: list[ModelEntry]) -> ModelEntry | None:
    return min(entries, key=lambda entry: (entry.problem is not None, entry.inpainting), default=None)


def _called(entries: list[ModelEntry], name: str) -> ModelEntry | None:
    exact = next((entry for entry in entries if entry.name == name), None)
    return exact or next((entry for entry in entries if entry.name.casefold() == name.casefold()), None)


def _remedy(entry: ModelEntry) -> str:
    if entry.format == "pickle":
        return "Convert it, or choose another model."
    return f"Restore its files in {entry.path}, or choose another model."


def _is_there(entry: ModelEntry) -> bool:
    """Whether a file is as it was; folders are taken to be."""
    try:
        return entry.path.is_dir() or entry.path.stat().st_mtime_ns == entry.changed_ns
    except OSError:
        return False
