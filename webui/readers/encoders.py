"""Encoders that put pictures and sentences into one space, loaded as data only. Torch.

Two kinds: a model's own image encoder, whose sentences are the text encoder's state at the end token, and CLIP models.
"""

from collections.abc import Sequence
from math import exp
from pathlib import Path
from typing import Any, Protocol

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from webui.errors import ModelUnusable
from webui.model_manager.loading.folder_plan import plan_part, read_tokenizer
from webui.model_manager.loading.part_loading import empty_part, fill
from webui.model_manager.precision import Precision
from webui.readers.preparing import Preparation, read_preparation
from webui.readers.shelf import IMAGE_ENCODER, TEXT_ENCODER, TOKENIZER

CPU = torch.device("cpu")
_AT_ONCE = 64
"""Sentences that are encoded together."""
_MOST_SHARPNESS = 200.0


class Encoders(Protocol):
    """What compares a picture with sentences. Directions have length 1."""

    @property
    def sharpness(self) -> float:
        """By which cosines are multiplied, where a question does not say."""
        ...

    def picture(self, picture: Image.Image) -> Tensor:
        """The direction of a picture (RGB), shape (width,)."""
        ...

    def sentences(self, sentences: Sequence[str]) -> Tensor:
        """The directions of sentences, shape (n, width)."""
        ...


class ModelEncoders:
    """The image encoder of a model folder, beside its text encoder.

    Args:
        folder: the model's.

    Raises:
        ModelUnusable: a part is missing or damaged, or the two do not fit each other.
        OSError, ValueError: a description is missing or damaged.
    """

    sharpness = 20.0

    def __init__(self, folder: Path) -> None:
        self._images = load_part(folder / IMAGE_ENCODER, "CLIPVisionModelWithProjection")
        self._text = load_part(folder / TEXT_ENCODER, "CLIPTextModel")
        self._tokens = _Tokens(folder / TOKENIZER)
        self._preparation = read_preparation(folder / IMAGE_ENCODER, self._images.config.image_size)
        widths = self._images.config.projection_dim, self._text.config.hidden_size
        if len(set(widths)) > 1:
            raise ModelUnusable(f"its image encoder has {widths[0]} numbers where its text encoder has {widths[1]}.")

    @torch.inference_mode()
    def picture(self, picture: Image.Image) -> Tensor:
        """See `Encoders`."""
        values = _values(picture, self._preparation, self._images.config.image_size)
        return functional.normalize(self._images(pixel_values=values).image_embeds[0], dim=-1)

    @torch.inference_mode()
    def sentences(self, sentences: Sequence[str]) -> Tensor:
        """See `Encoders`."""
        return self._tokens.directions(sentences, self._text, lambda states: states)


class ClipEncoders:
    """A CLIP model of the hub.

    Args:
        folder: the model's.

    Raises:
        ModelUnusable, OSError, ValueError: as from `ModelEncoders`.
    """

    def __init__(self, folder: Path) -> None:
        self._model = load_part(folder, "CLIPModel")
        self._tokens = _Tokens(folder)
        self._side = self._model.config.vision_config.image_size
        self._preparation = read_preparation(folder, self._side)
        self.sharpness = min(exp(float(self._model.logit_scale)), _MOST_SHARPNESS)

    @torch.inference_mode()
    def picture(self, picture: Image.Image) -> Tensor:
        """See `Encoders`."""
        seen = self._model.vision_model(pixel_values=_values(picture, self._preparation, self._side)).pooler_output
        return functional.normalize(self._model.visual_projection(seen)[0], dim=-1)

    @torch.inference_mode()
    def sentences(self, sentences: Sequence[str]) -> Tensor:
        """See `Encoders`."""
        return self._tokens.directions(sentences, self._model.text_model, self._model.text_projection)


class _Tokens:
    """Reads sentences as the model that follows was taught them.

    Raises:
        OSError, ValueError: the tokenizer is missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        self._tokenizer = read_tokenizer(folder, "CLIPTokenizer")

    def directions(self, sentences: Sequence[str], text: Any, projection: Any) -> Tensor:
        """What the state at each sentence's end token is, projected, with length 1.

        Padding goes only as far as the longest sentence: what follows the end token does not change the state there.
        """
        found = []
        for start in range(0, len(sentences), _AT_ONCE):
            some = list(sentences[start : start + _AT_ONCE])
            most = text.config.max_position_embeddings
            words = self._tokenizer(some, padding=True, truncation=True, max_length=most, return_tensors="pt").input_ids
            states = text(input_ids=words).last_hidden_state
            ends = (words == self._tokenizer.eos_token_id).int().argmax(dim=1)
            found.append(functional.normalize(projection(states[torch.arange(len(words)), ends]), dim=-1))
        return torch.cat(found)


def load_part(folder: Path, class_name: str) -> Any:
    """A part of a reader in float32 in the CPU's memory, so that no picture that is made has less room on the GPU.

    Raises:
        ModelUnusable: weights are missing or do not fit the description.
        OSError, ValueError: the description is missing or damaged.
    """
    plan = plan_part(folder, class_name)
    part = empty_part(plan.class_name, plan.config)
    for _ in fill(part, plan.weights(part), device=CPU, precision=Precision(torch.float32, False), name=folder.name):
        pass
    return part


def _values(picture: Image.Image, preparation: Preparation, side: int) -> Tensor:
    return torch.from_numpy(preparation.prepared(picture, side))
