"""Small text encoders with random weights, as families with several of them need: CLIP's with a projection, and T5's.

T5's tokenizer knows single letters and a few words; it is made here, without any file of a real one.
"""

from pathlib import Path

from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    T5Config,
    T5EncoderModel,
    T5TokenizerFast,
)

from webui.testing.tiny_model import write_clip_tokenizer


def write_tiny_clip(encoder: Path, tokenizer: Path, *, width: int, projected: bool) -> None:
    """A CLIP text encoder of three layers, whose pooled vector has `width` numbers too, and its tokenizer."""
    tokens = write_clip_tokenizer(tokenizer)
    config = CLIPTextConfig(
        vocab_size=tokens, hidden_size=width, intermediate_size=2 * width, num_hidden_layers=3, num_attention_heads=4,
        max_position_embeddings=77, projection_dim=width, bos_token_id=tokens - 2, eos_token_id=tokens - 1,
        pad_token_id=tokens - 1,
    )  # fmt: skip
    kind = CLIPTextModelWithProjection if projected else CLIPTextModel
    kind(config).save_pretrained(encoder)


def write_tiny_t5(encoder: Path, tokenizer: Path, *, width: int) -> None:
    """A T5 encoder of two layers and its tokenizer."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,-"
    words = ["\u2581the", "\u2581cat", "\u2581a"]
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("\u2581", -2.0)]
    vocabulary += [*((letter, -6.0) for letter in letters), *((word, -4.0) for word in words)]
    made = T5TokenizerFast(vocab=vocabulary, extra_ids=0, model_max_length=512)
    made.save_pretrained(tokenizer)
    config = T5Config(
        vocab_size=len(vocabulary), d_model=width, d_kv=8, d_ff=2 * width, num_layers=2, num_heads=4,
        feed_forward_proj="gated-gelu", is_encoder_decoder=False, pad_token_id=0, eos_token_id=1,
    )  # fmt: skip
    T5EncoderModel(config).save_pretrained(encoder)
