"""Hashes of models' files, computed in the background and remembered. No torch."""

import hashlib
import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from webui.model_manager.catalogue.catalogue import Catalogue
from webui.model_manager.catalogue.model_entry import CHECKPOINT, EMBEDDING, LORA, VAE, Hashes, ModelEntry

_CHUNK_BYTES = 4 * 1024 * 1024
_LENGTH_BYTES = 8
_HASHED = (CHECKPOINT, LORA, VAE, EMBEDDING)
"""Kinds whose hashes pictures' parameters name."""
_PAUSE_SECONDS = 5.0
_log = logging.getLogger(__name__)


class HashingStopped(Exception):
    """Nobody wants the hashes of this file any more."""


def hashed(path: Path, *, lora: bool, stopped: Callable[[], bool] = lambda: False) -> Hashes:
    """The hashes of a file.

    Sources: A1111, `modules/hashes.py`: SHA-256 of the file, of which pictures name the first 10 digits (AutoV2); for
    LoRAs, SHA-256 of what comes after the safetensors header, of which they name the first 12 (AutoV3).

    Args:
        path: the file.
        lora: whether to compute AutoV3 too.
        stopped: asked every few megabytes.

    Raises:
        HashingStopped: `stopped` said so.
        OSError: the file cannot be read.
    """
    whole, weights = hashlib.sha256(), hashlib.sha256()
    with path.open("rb") as file:
        start = file.read(_LENGTH_BYTES)
        whole.update(start)
        header = int.from_bytes(start, "little")
        while chunk := file.read(_CHUNK_BYTES):
            if stopped():
                raise HashingStopped
            whole.update(chunk)
            if lora:
                weights.update(chunk[min(header, len(chunk)) :])
                header = max(header - len(chunk), 0)
    sha256 = whole.hexdigest()
    return Hashes(sha256=sha256, autov2=sha256[:10], autov3=weights.hexdigest()[:12] if lora else None)


class HashKeeper:
    """A thread that gives every file its hashes, the small ones first, one after the other.

    Args:
        catalogue: whose files are read, and which remembers.
        busy: while this is so, nothing is read: the disk and the processor are wanted elsewhere.
    """

    def __init__(self, catalogue: Catalogue, busy: Callable[[], bool] = lambda: False) -> None:
        self._catalogue = catalogue
        self._busy = busy
        self._stopping = threading.Event()
        self._failed: set[tuple[Path, int]] = set()
        self._thread = threading.Thread(target=self._keep, name="model-hashes", daemon=True)

    def start(self) -> None:
        """Begin in the background."""
        self._thread.start()

    def stop(self) -> None:
        """End within the time that a few megabytes take."""
        self._stopping.set()
        self._thread.join(5.0)

    def _keep(self) -> None:
        while not self._stopping.wait(_PAUSE_SECONDS):
            for entry in self._without(self._catalogue.everything()):
                while self._busy() and not self._stopping.is_set():
                    self._stopping.wait(_PAUSE_SECONDS)
                if self._stopping.is_set():
                    return
                self._hash(entry)

    def _without(self, entries: Iterable[ModelEntry]) -> list[ModelEntry]:
        """The entries that have no hashes yet and can have some."""
        wanted = [
            entry
            for entry in entries
            if entry.hashes is None
            and entry.kind in _HASHED
            and entry.format in ("single file", "gguf")
            and (entry.path, entry.changed_ns) not in self._failed
        ]
        return sorted(wanted, key=lambda entry: entry.size_bytes)

    def _hash(self, entry: ModelEntry) -> None:
        lora = entry.kind == LORA and entry.format == "single file"
        try:
            self._catalogue.learn_hashes(entry, hashed(entry.path, lora=lora, stopped=self._stopping.is_set))
        except HashingStopped:
            return
        except OSError as error:
            self._failed.add((entry.path, entry.changed_ns))
            _log.info("%s cannot be hashed: %s", entry.path.name, error)
