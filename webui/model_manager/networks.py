"""LoRAs and textual inversions by name, learnt from their files' names and headers. No torch."""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from webui.errors import ModelUnusable
from webui.generation.networks import Network
from webui.model_manager.network_folders import embedding_files, lora_files
from webui.model_manager.safetensors_header import SafetensorsHeader, read_header

_ALIAS = "ss_output_name"
"""What kohya-ss's trainer calls a LoRA in its file; prompts may use it in place of the file's name."""
_SHOWN_CHARACTERS = 60


class NetworkFiles:
    """The LoRAs and textual inversions in some models folders, as they are on the disk each time. Threads may share it.

    Args:
        models_dirs: searched for `loras/**/*.safetensors` and `embeddings/*.safetensors`.
    """

    def __init__(self, models_dirs: Sequence[Path]) -> None:
        self._models_dirs = tuple(models_dirs)
        self._read: dict[Path, tuple[tuple[int, int], SafetensorsHeader | None]] = {}
        self._lock = threading.Lock()

    def loras(self) -> list[str]:
        """The LoRAs by their files' names."""
        return sorted({path.stem for path in lora_files(self._models_dirs)}, key=str.casefold)

    def embeddings(self) -> dict[str, int]:
        """The textual inversions by their files' names, and how many vectors each has."""
        found: dict[str, int] = {}
        for path in embedding_files(self._models_dirs).values():
            header = self._header(path)
            if header is not None and header.tensors:
                shapes = [shape for _, shape in header.tensors.values()]
                found[path.stem] = max(shape[0] if len(shape) > 1 else 1 for shape in shapes)
        return dict(sorted(found.items(), key=lambda item: item[0].casefold()))

    def find_lora(self, name: str) -> Path | None:
        """The file of the LoRA that a prompt names: by its name, with or without folders, or by its alias."""
        wanted = name.replace("\\", "/").rpartition("/")[2].removesuffix(".safetensors").casefold()
        paths = lora_files(self._models_dirs)
        by_name = next((path for path in paths if path.stem.casefold() == wanted), None)
        return by_name or next((path for path in paths if self._alias(path).casefold() == wanted), None)

    def notes(self, networks: Iterable[Network]) -> list[str]:
        """What there is to tell of the networks that a prompt names, in sentences."""
        notes: list[str] = []
        for network in networks:
            name = _shortened(network.name)
            if network.kind != "lora":
                notes.append(f"<{_shortened(network.kind)}:{name}> is left out: only LoRAs are known.")
            elif self.find_lora(network.name) is None:
                notes.append(f"There is no LoRA '{name}'.")
            else:
                notes.append(f"The LoRA '{name}' is here, but LoRAs are not applied yet.")
            for argument in network.unread:
                notes.append(f"'{_shortened(argument)}' is no weight for '{name}'; its default is used.")
        return notes

    def _alias(self, path: Path) -> str:
        header = self._header(path)
        return str(header.metadata.get(_ALIAS, "")) if header else ""

    def _header(self, path: Path) -> SafetensorsHeader | None:
        """A file's header, None for what is no such file; kept until the file changes."""
        try:
            status = path.stat()
            state = (status.st_mtime_ns, status.st_size)
            with self._lock:
                kept = self._read.get(path)
            if kept is None or kept[0] != state:
                kept = (state, _header_of(path))
                with self._lock:
                    self._read[path] = kept
        except OSError:
            return None
        return kept[1]


def _shortened(text: str) -> str:
    """What was written, as far as a sentence can quote it."""
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def _header_of(path: Path) -> SafetensorsHeader | None:
    try:
        return read_header(path)
    except ModelUnusable:
        return None
