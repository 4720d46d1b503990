"""Small readers of pictures with random weights: a model's own image encoder, a CLIP model and a BLIP model."""

import json
from pathlib import Path
from typing import Any

import torch
from transformers import (
    BertTokenizer,
    BlipConfig,
    BlipForConditionalGeneration,
    CLIPConfig,
    CLIPModel,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

from webui.testing.tiny_model import write_clip_tokenizer

SIDE, WIDTH = 32, 32
QUESTIONS: dict[str, Any] = {
    "version": 1,
    "attributes": {
        "subject": {
            "sharpness": 20.0,
            "labels": {
                "none": {"sentences": ["the sea"]},
                "boat": {"sentences": ["a boat", "a sailing boat"], "words": ["boat", "boats"]},
                "house": {"sentences": ["a house", "a cottage"], "words": ["house", "houses"]},
            },
        },
        "count": {
            "sharpness": 20.0,
            "labels": {
                "none": {"sentences": ["the sea"]},
                "1": {"sentences": ["one boat"], "words": ["one"]},
                "2": {"sentences": ["two boats"], "words": ["two"], "several": True},
            },
        },
        "time": {
            "sharpness": 20.0,
            "labels": {
                "day": {"sentences": ["by day"], "words": ["by day"]},
                "night": {"sentences": ["at night"], "words": ["at night"]},
            },
        },
    },
    "sentence": [{"needs": "subject", "text": "{count} {subject}"}, {"needs": "time", "text": "{time}"}],
}
PREPARATION: dict[str, Any] = {
    "image_processor_type": "CLIPImageProcessor",
    "do_resize": True,
    "size": {"height": SIDE, "width": SIDE},
    "resample": 2,
    "do_center_crop": False,
    "do_normalize": True,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
}
_VISION: dict[str, Any] = {
    "image_size": SIDE, "patch_size": 8, "hidden_size": WIDTH, "intermediate_size": 2 * WIDTH,
    "num_hidden_layers": 1, "num_attention_heads": 4,
}  # fmt: skip


def add_tiny_encoder(model: Path, *, width: int = WIDTH, seed: int = 3) -> None:
    """Give a model folder an image encoder for its text encoder, of so many numbers, and questions."""
    torch.manual_seed(seed)
    encoder = CLIPVisionModelWithProjection(CLIPVisionConfig(**_VISION, projection_dim=width))
    encoder.half().save_pretrained(model / "image_encoder")
    (model / "image_encoder" / "preprocessor_config.json").write_text(json.dumps(PREPARATION))
    (model / "questions.json").write_text(json.dumps(QUESTIONS))


def write_tiny_clip_model(folder: Path, seed: int = 4) -> CLIPModel:
    """A CLIP model as the hub has them."""
    torch.manual_seed(seed)
    tokens = write_clip_tokenizer(folder)
    text = {
        "vocab_size": tokens, "hidden_size": WIDTH, "intermediate_size": 2 * WIDTH, "num_hidden_layers": 2,
        "num_attention_heads": 4, "max_position_embeddings": 77, "bos_token_id": tokens - 2,
        "eos_token_id": tokens - 1, "pad_token_id": tokens - 1,
    }  # fmt: skip
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=_VISION, projection_dim=16)).eval()
    model.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(
        json.dumps({"size": SIDE, "crop_size": SIDE, "do_center_crop": True, "do_resize": True, "resample": 3})
    )
    return model


def write_tiny_blip(folder: Path, seed: int = 5) -> BlipForConditionalGeneration:
    """A BLIP model as the hub has them."""
    torch.manual_seed(seed)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[DEC]", "a", "boat", "on", "the", "sea", "house", "##s"]
    BertTokenizer(vocab={word: number for number, word in enumerate(words)}).save_pretrained(folder)
    text = {
        "vocab_size": len(words), "hidden_size": WIDTH, "encoder_hidden_size": WIDTH, "intermediate_size": 2 * WIDTH,
        "num_hidden_layers": 1, "num_attention_heads": 4, "max_position_embeddings": 64, "bos_token_id": 5,
        "eos_token_id": 3, "sep_token_id": 3, "pad_token_id": 0,
    }  # fmt: skip
    model = BlipForConditionalGeneration(BlipConfig(text_config=text, vision_config=_VISION)).eval()
    model.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(
        json.dumps({"image_processor_type": "BlipImageProcessor", "size": {"height": SIDE, "width": SIDE}})
    )
    return model
