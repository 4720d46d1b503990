"""A small tokenizer and small language models with random weights, as newer families have them for text encoders.

The tokenizer knows single bytes and the marks of a conversation; it is made here, without any file of a real one.
"""

import json
from pathlib import Path

from tokenizers.pre_tokenizers import ByteLevel
from transformers import Qwen2Tokenizer, Qwen3Config, Qwen3ForCausalLM, Qwen3Model

_MARKS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def write_tiny_qwen_tokenizer(folder: Path) -> int:
    """A tokenizer of Qwen's kind with the template of its conversations; returns the size of its vocabulary."""
    letters = sorted(ByteLevel.alphabet())
    vocabulary = {letter: number for number, letter in enumerate(letters)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    tokenizer = Qwen2Tokenizer(vocab=vocabulary, merges=[], additional_special_tokens=list(_MARKS))
    tokenizer.chat_template = _TEMPLATE
    tokenizer.save_pretrained(folder)
    return len(tokenizer)


def write_tiny_qwen3(folder: Path, *, tokens: int, width: int, layers: int = 2, whole: bool = False) -> None:
    """Qwen3; with `whole` its head too, which no picture needs."""
    config = Qwen3Config(
        vocab_size=tokens, hidden_size=width, intermediate_size=2 * width, num_hidden_layers=layers,
        num_attention_heads=2, num_key_value_heads=1, head_dim=8, max_position_embeddings=2048,
    )  # fmt: skip
    (Qwen3ForCausalLM if whole else Qwen3Model)(config).save_pretrained(folder)
