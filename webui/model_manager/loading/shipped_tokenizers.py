"""Tokenizers of checkpoints in one file: CLIP's ships with the package, others are in a folder or on the hub. Torch."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import huggingface_hub
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
from transformers import CLIPTokenizer, T5Tokenizer

from webui.errors import ModelUnusable
from webui.model_manager.loading.clip_vocabulary import clip_vocabulary
from webui.model_manager.loading.language_tokenizers import LANGUAGE_KINDS, language_tokenizer
from webui.model_manager.loading.tokenizer_places import TokenizerPlaces

_MAX_TOKENS = 77
_T5_FILES = ("tokenizer.json", "spiece.model")
_T5_REPOSITORY = "google/t5-v1_1-xxl"
_SECONDS_FOR_THE_HUB = 5


def shipped_tokenizer(kind: str, places: TokenizerPlaces) -> Any:
    """A tokenizer of a kind: "clip" (as OpenAI's models have it), "open_clip" (which fills with zeros), "t5", or
    that of a language model.

    Raises:
        ModelUnusable: it is nowhere; the sentence says which files to put where.
    """
    if kind in LANGUAGE_KINDS:
        return language_tokenizer(kind, places)
    if kind == "t5":
        return _t5(places)
    vocabulary, merges = clip_vocabulary()
    # Of both kinds the end of the text is the same; what stands behind it differs.
    filling = {"pad_token": "!"} if kind == "open_clip" else {}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=_MAX_TOKENS, **filling)  # pyright: ignore[reportArgumentType]


def _t5(places: TokenizerPlaces) -> Any:
    for folder in _t5_folders(places):
        try:
            return T5Tokenizer.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError):
            continue
    raise ModelUnusable(
        "the tokenizer of the text encoder T5 is not here.",
        hint="Put its files (spiece.model or tokenizer.json, tokenizer_config.json) into models/text_encoders/t5/.",
    )


def _t5_folders(places: TokenizerPlaces) -> Iterator[Path]:
    for name in _T5_FILES:
        for folder in places.having(name):
            if name == "spiece.model" or _says_t5(folder):
                yield folder
    if places.hub and (fetched := _from_hub()) is not None:
        yield fetched


def _says_t5(folder: Path) -> bool:
    """Whether a tokenizer's description calls it one of T5."""
    try:
        return '"T5' in (folder / "tokenizer_config.json").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def _from_hub() -> Path | None:
    """The folder of the hub's cache that has the tokenizer; it is fetched (800 kB) when it is first needed."""
    try:
        fetched = huggingface_hub.snapshot_download(
            _T5_REPOSITORY,
            allow_patterns=["spiece.model", "tokenizer_config.json", "special_tokens_map.json"],
            etag_timeout=_SECONDS_FOR_THE_HUB,
        )
    except (OSError, ValueError, HfHubHTTPError, LocalEntryNotFoundError):
        return None
    return Path(fetched) if (Path(fetched) / "spiece.model").is_file() else None
