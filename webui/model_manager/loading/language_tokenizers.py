"""Tokenizers of the language models that read prompts: in a folder, or in the hub's cache; never fetched. Torch."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import try_to_load_from_cache

from webui.errors import ModelUnusable
from webui.model_manager.loading.folder_plan import read_tokenizer
from webui.model_manager.loading.tokenizer_places import TokenizerPlaces

_DESCRIPTION = "tokenizer_config.json"
_TOLD_IN = (_DESCRIPTION, "chat_template.jinja", "chat_template.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """How a tokenizer is known.

    Args:
        class_name: its class in transformers.
        marks: what its description, and the template of its conversations, have in them.
        called: the text encoder that it is for, for people.
        files: which are needed, for people.
        folder: the name of the folder that people are told to put them into.
        repositories: those of the hub that have it.
    """

    class_name: str
    marks: tuple[str, ...]
    called: str
    files: str
    folder: str
    repositories: tuple[str, ...]


_QWEN_FILES = "vocab.json and merges.txt or tokenizer.json, tokenizer_config.json"
_KINDS = {
    # The template says how an answer without thoughts begins.
    "qwen3": _Kind(
        class_name="Qwen2Tokenizer", marks=('"Qwen2Tokenizer', "enable_thinking"), called="Qwen3", files=_QWEN_FILES,
        folder="qwen_3_4b",
        repositories=("Qwen/Qwen3-4B", "Tongyi-MAI/Z-Image-Turbo", "black-forest-labs/FLUX.2-klein-4B"),
    ),
    # The conversation is the family's own, and texts are cut alike by all models of Qwen.
    "qwen": _Kind(
        class_name="Qwen2Tokenizer", marks=('"Qwen2Tokenizer',), called="Qwen2.5-VL", files=_QWEN_FILES,
        folder="qwen_2.5_vl_7b",
        repositories=("Qwen/Qwen-Image", "Qwen/Qwen2.5-VL-7B-Instruct", "Qwen/Qwen3-4B", "Tongyi-MAI/Z-Image-Turbo"),
    ),
    "mistral": _Kind(
        class_name="PixtralProcessor", marks=("SYSTEM_PROMPT",), called="Mistral Small 3",
        files="tokenizer.json, tokenizer_config.json, chat_template.jinja", folder="mistral_3_small",
        repositories=("black-forest-labs/FLUX.2-dev", "mistralai/Mistral-Small-3.1-24B-Instruct-2503"),
    ),
}  # fmt: skip
LANGUAGE_KINDS = frozenset(_KINDS)


def language_tokenizer(kind: str, places: TokenizerPlaces) -> Any:
    """A tokenizer of one of `LANGUAGE_KINDS`.

    Raises:
        ModelUnusable: it is nowhere; the sentence says which files to put where.
    """
    wanted = _KINDS[kind]
    for folder in _folders(wanted, places):
        try:
            return read_tokenizer(folder, wanted.class_name)
        except (OSError, ValueError):
            continue
    raise ModelUnusable(
        f"the tokenizer of the text encoder {wanted.called} is not here.",
        hint=f"Put its files ({wanted.files}) into models/text_encoders/{wanted.folder}/.",
    )


def _folders(wanted: _Kind, places: TokenizerPlaces) -> Iterator[Path]:
    for folder in places.having(_DESCRIPTION):
        if _is(wanted, folder):
            yield folder
    for repository in wanted.repositories if places.hub else ():
        for name in (_DESCRIPTION, f"tokenizer/{_DESCRIPTION}"):
            cached = try_to_load_from_cache(repository, name)
            if isinstance(cached, str) and _is(wanted, Path(cached).parent):
                yield Path(cached).parent


def _is(wanted: _Kind, folder: Path) -> bool:
    """Whether a folder has a tokenizer of the kind: its words, and the marks in its description."""
    if not (folder / "tokenizer.json").is_file() and not (folder / "vocab.json").is_file():
        return False
    try:
        told = "".join((folder / name).read_text("utf-8") for name in _TOLD_IN if (folder / name).is_file())
    except (OSError, UnicodeDecodeError):
        return False
    return all(mark in told for mark in wanted.marks)
