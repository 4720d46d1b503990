"""How many tokens a prompt has for a model, counted without loading the model. No torch and no transformers."""

import json
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

from webui.generation.chunks import ChunkCutter
from webui.generation.families import WholeText
from webui.generation.plain_prompt import PlainPrompt
from webui.generation.prompt_emphasis import BREAK_MARK, parse_emphasis
from webui.model_manager.loading.clip_vocabulary import clip_vocabulary

CHUNK_TOKENS = 75
_END = "<|endoftext|>"
_MARKS = ("<|startoftext|>", _END)
_WORDS = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
"""How CLIP's tokeniser (Radford et al. 2021, simple_tokenizer) cuts a text into words before it merges letters."""


@dataclass(frozen=True, slots=True, order=True)
class TokenCount:
    """How many tokens the chunks of a prompt can hold, and how many it has; each BREAK fills a chunk up."""

    limit: int
    tokens: int


class TokenCounter:
    """Counts with the tokenisers of models in diffusers' folders, and for checkpoints in one file with the shipped one.

    They are kept once they are read; threads may share it.
    """

    def __init__(self) -> None:
        self._tokenizers: dict[Path, tuple[int, Tokenizer]] = {}
        self._lock = threading.Lock()

    def count(self, model: Path, texts: Iterable[str], embeddings: Mapping[str, int]) -> TokenCount:
        """The count of that of the texts which needs the most.

        Args:
            model: the model's folder, or a checkpoint in one file that reads prompts with CLIP.
            texts: prompts without AND and schedules.
            embeddings: textual inversions, and how many vectors each has.

        Raises:
            OSError, ValueError: the model has no tokeniser that can be read.
        """
        tokenizer = shipped_tokenizer() if model.is_file() else self._tokenizer(model / "tokenizer")
        comma = _ids(tokenizer, ",")
        names = _names_pattern(embeddings)
        vectors = {name.casefold(): count for name, count in embeddings.items()}
        return max(_count(tokenizer, comma, text, names, vectors) for text in texts)

    def count_whole(self, model: Path, read: WholeText, texts: Iterable[str]) -> TokenCount:
        """As `count`, for a model in a folder that reads prompts as a whole.

        Raises:
            OSError, ValueError: the model has no tokeniser that can be read.
        """
        tokenizer = self._tokenizer(model / read.tokenizer)
        return TokenCount(read.tokens, max(len(_ids(tokenizer, PlainPrompt.read(text).text)) for text in texts))

    def _tokenizer(self, folder: Path) -> Tokenizer:
        changed = folder.stat().st_mtime_ns
        with self._lock:
            kept = self._tokenizers.get(folder)
            if kept is None or kept[0] != changed:
                kept = (changed, _read(folder))
                self._tokenizers[folder] = kept
        return kept[1]


def _count(
    tokenizer: Tokenizer, comma: list[int], text: str, names: re.Pattern[str] | None, vectors: Mapping[str, int]
) -> TokenCount:
    cutter: ChunkCutter[None] = ChunkCutter(CHUNK_TOKENS)
    for run in parse_emphasis(text):
        if run.text == BREAK_MARK and run.weight == -1.0:
            cutter.close()
            continue
        # With one group in the pattern, every other piece is a name.
        for number, piece in enumerate(names.split(run.text) if names else [run.text]):
            if number % 2:
                cutter.add(None, length=vectors[piece.casefold()])
                continue
            for token in _ids(tokenizer, piece):
                cutter.add(None, is_comma=comma == [token])
    tokens = cutter.tokens
    return TokenCount(limit=CHUNK_TOKENS * len(cutter.finish()), tokens=tokens)


def _names_pattern(embeddings: Mapping[str, int]) -> re.Pattern[str] | None:
    if not embeddings:
        return None
    longest_first = sorted(embeddings, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)


def _ids(tokenizer: Tokenizer, text: str) -> list[int]:
    return tokenizer.encode(text, add_special_tokens=False).ids


def _read(folder: Path) -> Tokenizer:
    whole = folder / "tokenizer.json"
    if not whole.is_file():
        return _from_vocabulary(folder)
    try:
        tokenizer = Tokenizer.from_file(str(whole))
    except Exception as error:  # the package raises plain exceptions for damaged files
        raise ValueError(f"{whole.name} is damaged: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _from_vocabulary(folder: Path) -> Tokenizer:
    """CLIP's tokeniser from the two files that it was published with."""
    vocabulary: dict[str, Any] = json.loads((folder / "vocab.json").read_text("utf-8"))
    lines = (folder / "merges.txt").read_text("utf-8").splitlines()
    merges = [
        (pair[0], pair[1]) for line in lines if len(pair := line.split()) == 2 and not line.startswith("#version")
    ]
    return _clip_tokenizer(vocabulary, merges)


@cache
def shipped_tokenizer() -> Tokenizer:
    """CLIP's tokeniser from the vocabulary that ships with the package."""
    return _clip_tokenizer(*clip_vocabulary())


def _clip_tokenizer(vocabulary: dict[str, int], merges: list[tuple[str, str]]) -> Tokenizer:
    tokenizer = Tokenizer(
        models.BPE(vocab=vocabulary, merges=merges, end_of_word_suffix="</w>", unk_token=_END, fuse_unk=False)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.add_special_tokens([AddedToken(mark, normalized=False) for mark in _MARKS if mark in vocabulary])
    return tokenizer
