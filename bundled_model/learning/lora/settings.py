"""What a LoRA is, how it is trained, and where its files lie. Imports nothing heavy: the command line shows these."""

from dataclasses import dataclass
from pathlib import Path

from bundled_model.options import MODEL_FOLDER

LORA_FOLDER = Path("models/loras")
STEPS = 600
RATE = 5e-3
PICTURES = 640


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """The numbers that decide what comes out.

    `rank` of every changed layer; `pictures` are the drawings of the look that are learned from, about so many;
    `batch` of them are in a step; `seed` draws the rest.
    """

    rank: int = 8
    pictures: int = PICTURES
    batch: int = 16
    peak_rate: float = RATE
    averaging: float = 0.98
    seed: int = 91


@dataclass(frozen=True, slots=True)
class Places:
    """Folders: of working files, of the exported model that is changed, and of the finished LoRAs."""

    training: Path
    model: Path = MODEL_FOLDER
    loras: Path = LORA_FOLDER

    def work(self, name: str) -> Path:
        """Where the working files of a look lie."""
        return self.training / "loras" / name

    def file(self, name: str) -> Path:
        """The finished LoRA of a look."""
        return self.loras / f"{name}.safetensors"

    def preview(self, name: str) -> Path:
        """The picture beside it."""
        return self.loras / f"{name}.preview.png"
