"""Trains the tokenizer: a small byte-level BPE with CLIP's rules, on captions and common English words.

Every byte is a token of its own, so a word that was never seen costs more tokens but is no error.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Tokenizer, models, trainers
from tokenizers.pre_tokenizers import ByteLevel
from transformers import CLIPTokenizer

from bundled_model.captions import training_caption
from bundled_model.scene import sample_scene

VOCABULARY = 2048
MAX_TOKENS = 77
START, END = "<|startoftext|>", "<|endoftext|>"
_WORDS = Path(__file__).parent / "words.txt"
_SUFFIX = "</w>"


def common_words() -> list[str]:
    """The words of `words.txt`, once each, in its order."""
    lines = _WORDS.read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(word for line in lines if not line.startswith("#") for word in line.split()))


def _corpus(captions: int, seed: int) -> Iterator[str]:
    rng = random.Random(seed)
    for _ in range(captions):
        yield training_caption(sample_scene(rng), rng)
    # Repeated, or words that no caption holds would lose every merge to the captions' phrases.
    for _ in range(40):
        yield " ".join(common_words())


def train_tokenizer(captions: int = 20000, seed: int = 5) -> CLIPTokenizer:
    """The tokenizer; the same arguments give the same vocabulary."""
    rules = CLIPTokenizer().backend_tokenizer
    letters = sorted(ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(letters) - 2,
        special_tokens=[],
        initial_alphabet=letters,
        end_of_word_suffix=_SUFFIX,
        show_progress=False,
    )
    rules.model = models.BPE(end_of_word_suffix=_SUFFIX)
    rules.train_from_iterator(_corpus(captions, seed), trainer)
    merges = _merges_of(rules)
    return _build(letters, merges)


def _merges_of(rules: Tokenizer) -> list[tuple[str, str]]:
    """The learned merges, in order of learning."""
    learned = json.loads(rules.to_str())["model"]["merges"]
    return [(first, second) for first, second in learned]


def _build(letters: list[str], merges: list[tuple[str, str]]) -> CLIPTokenizer:
    """CLIP's order: bytes, bytes that end a word, merges, start, end."""
    names = [*letters, *(letter + _SUFFIX for letter in letters)]
    names += [first + second for first, second in merges]
    vocabulary = {name: index for index, name in enumerate(dict.fromkeys([*names, START, END]))}
    return CLIPTokenizer(
        vocab=vocabulary,
        merges=merges,  # type: ignore[arg-type]
        model_max_length=MAX_TOKENS,
        bos_token=START,
        eos_token=END,
        unk_token=END,
        pad_token=END,
    )


def tokenizer_in(folder: Path) -> CLIPTokenizer:
    """The tokenizer of a training run: kept in its folder, so that no change of captions shifts its numbers."""
    kept = folder / "tokenizer"
    if not kept.exists():
        train_tokenizer().save_pretrained(kept)
    return CLIPTokenizer.from_pretrained(kept)
