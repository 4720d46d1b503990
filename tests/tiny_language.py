"""A small tokenizer and small language models with random weights, as newer families have them for text encoders.

The tokenizer knows single bytes and the marks of a conversation; it is made here, without any file of a real one.
"""

import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from transformers import (
    Mistral3Config,
    Mistral3ForConditionalGeneration,
    MistralConfig,
    PixtralVisionConfig,
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2Tokenizer,
    Qwen3Config,
    Qwen3ForCausalLM,
    Qwen3Model,
)

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


def write_tiny_qwen_vl(folder: Path, *, tokens: int, width: int) -> None:
    """Qwen2.5-VL, with eyes that no prompt needs."""
    config = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": tokens, "hidden_size": width, "intermediate_size": 2 * width, "num_hidden_layers": 2,
            "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 2048,
            "rope_scaling": {"type": "mrope", "mrope_section": [1, 1, 2]},
        },
        vision_config={
            "depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": width,
            "fullatt_block_indexes": [0],
        },
    )  # fmt: skip
    Qwen2_5_VLForConditionalGeneration(config).save_pretrained(folder)


def write_tiny_mistral(encoder: Path, tokenizer: Path, *, width: int, layers: int) -> None:
    """Mistral with eyes that no prompt needs, and what cuts texts for it."""
    marks = ["<unk>", "<s>", "</s>", "<pad>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[IMG]"]
    marks += ["[IMG_BREAK]", "[IMG_END]"]
    vocabulary = {token: number for number, token in enumerate([*marks, *sorted(ByteLevel.alphabet())])}
    cut = Tokenizer(BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
    cut.pre_tokenizer = ByteLevel(add_prefix_space=False)
    cut.add_special_tokens(marks)
    reads = PreTrainedTokenizerFast(
        tokenizer_object=cut, bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    )
    template = (
        "<s>{% for message in messages %}{% set mark = 'SYSTEM_PROMPT' if message.role == 'system' else 'INST' %}"
        "[{{ mark }}]{% for part in message.content %}{{ part.text }}{% endfor %}[/{{ mark }}]{% endfor %}"
    )
    reads.chat_template = template
    reads.save_pretrained(tokenizer)
    heads: dict[str, Any] = {"num_attention_heads": 2, "head_dim": 8}
    text = MistralConfig(
        vocab_size=len(reads), hidden_size=width, intermediate_size=2 * width, num_hidden_layers=layers,
        num_key_value_heads=1, max_position_embeddings=2048, **heads,
    )  # fmt: skip
    eyes = PixtralVisionConfig(hidden_size=16, intermediate_size=16, num_hidden_layers=1, image_size=32, **heads)
    config = Mistral3Config(text_config=text, vision_config=eyes, image_token_index=marks.index("[IMG]"))
    Mistral3ForConditionalGeneration(config).save_pretrained(encoder)
