"""What is known of a model's file without loading it. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

CHECKPOINT, LORA, VAE, EMBEDDING = "checkpoint", "lora", "vae", "embedding"
CONTROLNET, T2I_ADAPTER, IP_ADAPTER = "controlnet", "t2i-adapter", "ip-adapter"
UPSCALER, TEXT_ENCODER, UNKNOWN = "upscaler", "text-encoder", "unknown"
KINDS = (
    CHECKPOINT, LORA, VAE, EMBEDDING, CONTROLNET, T2I_ADAPTER, IP_ADAPTER, UPSCALER, TEXT_ENCODER, UNKNOWN,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashes:
    """A file's hashes in hexadecimal: `sha256` of all its bytes, `autov2` (the first 10 digits of it, as A1111 shows).

    `autov3`, for LoRAs alone: the first 12 digits of the SHA-256 of everything after the header, which stays the same
    when somebody edits the metadata.
    """

    sha256: str
    autov2: str
    autov3: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """What the catalogue knows of a model. `problem` says why it cannot be used, or is None.

    `kind` is one of `KINDS`. `format` is "diffusers" (a folder), "single file", "gguf" or "pickle"; sizes are in bytes
    and pixels. `inpainting` models see the mask and what is around it. `architecture` is what LoRAs must fit; `base`
    says it for people. `form` says how the weights are laid out ("ldm", "kohya", "LoHa"...), `parts` which of
    diffusers' parts a single file holds. `latent_channels` are those of a VAE or of a checkpoint's VAE, 0 where that is
    not known. `preferred_weight` is the strength of a LoRA that its user wrote down. `id` stands for the path in
    addresses.

    Two entries are equal when they would load the same weights: what is only told of them does not count.
    """

    name: str
    path: Path
    kind: str
    family: str | None
    format: str
    size_bytes: int
    default_width: int
    default_height: int
    inpainting: bool = False
    problem: str | None = None
    architecture: str | None = None
    prediction: str | None = None
    dtype: str = ""
    base: str = ""
    form: str = ""
    parts: tuple[str, ...] = ()
    parameters: int = 0
    latent_channels: int = 0
    changed_ns: int = 0
    id: str = ""
    folder: str = field(default="", compare=False)
    alias: str = field(default="", compare=False)
    capabilities: tuple[str, ...] = field(default=(), compare=False)
    defaults: Mapping[str, Any] = field(default_factory=dict, compare=False)
    trigger_words: tuple[str, ...] = field(default=(), compare=False)
    preferred_weight: float | None = field(default=None, compare=False)
    description: str = field(default="", compare=False)
    preview: Path | None = field(default=None, compare=False)
    metadata: Mapping[str, str] = field(default_factory=dict, compare=False)
    hashes: Hashes | None = field(default=None, compare=False)

    def to_json(self) -> dict[str, Any]:
        """The entry as JSON values."""
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        hashes = (
            None if self.hashes is None else {each.name: getattr(self.hashes, each.name) for each in fields(Hashes)}
        )
        return told | {
            "path": str(self.path),
            "preview": None if self.preview is None else str(self.preview),
            "parts": list(self.parts),
            "capabilities": list(self.capabilities),
            "trigger_words": list(self.trigger_words),
            "defaults": dict(self.defaults),
            "metadata": dict(self.metadata),
            "hashes": hashes,
        }
