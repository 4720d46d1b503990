"""Where the tokenizers of checkpoints in one file may be. No torch."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TokenizerPlaces:
    """Where tokenizers may be: folders whose folders are looked through, and whether the hub is asked."""

    folders: tuple[Path, ...] = ()
    hub: bool = True

    def having(self, name: str) -> Iterator[Path]:
        """The folders with a file of that name: those in the folders here, and what models have as `tokenizer`."""
        for folder in self.folders:
            for file in sorted([*folder.glob(f"*/{name}"), *folder.glob(f"*/tokenizer*/{name}")]):
                yield file.parent
