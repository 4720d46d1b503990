"""Trains the picture reader: an image encoder that says what a picture shows, in the text encoder's own space.

The text encoder has learned what sentences mean and stays as it is. The image encoder learns to put a picture where its
caption is (contrastively, as CLIP does) and, attribute by attribute, nearer to the sentence that is true of it than to
those of the other labels. So a picture is read by comparing it with sentences, and nothing else needs to be shipped.

Pictures of any shape are squashed to a square: nothing is cut off, thirds stay thirds, and no size is made of margins.

Source of the contrastive loss: Radford et al., Learning Transferable Visual Models From Natural Language Supervision,
arXiv 2103.00020.
"""

import json
import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer, CLIPVisionConfig, CLIPVisionModelWithProjection

from bundled_model.captions.grammar import KEEP_SHARE, write_caption
from bundled_model.captions.tokenizer import END, MAX_TOKENS, tokenizer_in
from bundled_model.drawing.painter import SIZES, paint
from bundled_model.judging.worsening import worsened
from bundled_model.learning.drawings import DrawingStore
from bundled_model.learning.pictures import to_tensor
from bundled_model.learning.questions import SENTENCE, questions, words_of
from bundled_model.learning.stopping import Stop
from bundled_model.learning.text_encoder import TextSettings, load_text_encoder
from bundled_model.learning.training import Budget, Trainer, generator_for, to_fastest
from bundled_model.scenes.attributes import ATTRIBUTES, labels_of
from bundled_model.scenes.sampling import numbered_scene
from bundled_model.scenes.scene import Scene, mirrored

READER_FILE = "reader.pt"
SERIES = 62
"""Seed of the series of new drawings that the reader is measured on."""
MOST_SCALED, MOST_MOVED = 0.05, 0.08
"""By how much pictures are scaled and moved at most in training: shares of their size, and of half of it."""
MOST_SHARPNESS = math.log(100)
"""Logarithm of the most by which cosines are multiplied, as in CLIP."""


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """What the image encoder is, and how it is trained."""

    side: int = 128
    patch: int = 16
    width: int = 192
    layers: int = 5
    heads: int = 4
    text: TextSettings = field(default_factory=TextSettings)
    batch: int = 64
    peak_rate: float = 1e-3
    averaging: float = 0.99
    contrast: float = 0.5
    """How much the captions count, beside the questions."""
    seed: int = 81


class Reader(nn.Module):
    """The image encoder, and how sharply cosines are told apart: one factor an attribute, and one for captions."""

    asked: Tensor

    def __init__(self, settings: ReaderSettings, asked: Tensor) -> None:
        """Untrained; `asked` holds the direction of every label, shape (labels, text width), as `label_directions`."""
        super().__init__()
        torch.manual_seed(settings.seed)
        self.side = settings.side
        self.images = CLIPVisionModelWithProjection(
            CLIPVisionConfig(
                image_size=settings.side,
                patch_size=settings.patch,
                hidden_size=settings.width,
                intermediate_size=4 * settings.width,
                num_hidden_layers=settings.layers,
                num_attention_heads=settings.heads,
                projection_dim=settings.text.width,
            )
        )
        self.sharpness = nn.Parameter(torch.full((len(ATTRIBUTES),), math.log(20)))
        self.caption_sharpness = nn.Parameter(torch.tensor(math.log(14)))
        # Made of the text encoder, which has a file of its own.
        self.register_buffer("asked", asked, persistent=False)

    def forward(self, pictures: Tensor) -> Tensor:
        """Directions of length 1, shape (n, text width), of pictures in -1..1, shape (n, 3, side, side)."""
        return functional.normalize(self.images(pixel_values=pictures).image_embeds.float(), dim=-1)

    def answers(self, directions: Tensor) -> list[Tensor]:
        """By attribute, scores of its labels, shape (n, labels): higher where the picture is nearer."""
        factors = self.sharpness.clamp(max=MOST_SHARPNESS).exp()
        cosines = (directions @ self.asked.T).split([len(labels) for labels in ATTRIBUTES.values()], dim=1)
        return [factor * cosine for factor, cosine in zip(factors, cosines, strict=True)]

    def contrast(self, pictures: Tensor, captions: Tensor) -> Tensor:
        """How far each picture is from its own caption, among those of all, and each caption (a scalar)."""
        scores = self.caption_sharpness.clamp(max=MOST_SHARPNESS).exp() * pictures @ captions.T
        own = torch.arange(len(scores), device=scores.device)
        return 0.5 * (functional.cross_entropy(scores, own) + functional.cross_entropy(scores.T, own))


class Sentences:
    """What sentences mean to the text encoder: the state at the end token, of length 1."""

    def __init__(self, text: CLIPTextModel, tokenizer: CLIPTokenizer) -> None:
        """`text` is read, and never changed."""
        self.text = text.requires_grad_(False)
        self.tokenizer = tokenizer
        self.end = tokenizer.get_vocab()[END]

    @torch.no_grad()
    def __call__(self, sentences: Sequence[str]) -> Tensor:
        """Directions, shape (n, text width)."""
        words = self.tokenizer(
            list(sentences), padding=True, max_length=MAX_TOKENS, truncation=True, return_tensors="pt"
        ).input_ids.to(self.text.device)
        states = self.text(input_ids=words).last_hidden_state.float()
        ends = (words == self.end).int().argmax(dim=1)
        return functional.normalize(states[torch.arange(len(words), device=states.device), ends], dim=-1)


def label_directions(sentences: Sentences) -> Tensor:
    """The direction of every label of every attribute, one after the other: the middle of those of its sentences."""
    means = [sentences(said).mean(dim=0) for labels in questions().values() for said in labels.values()]
    return functional.normalize(torch.stack(means), dim=-1)


def squashed(pictures: Tensor, side: int) -> Tensor:
    """Pictures of any size as squares, (n, 3, side, side), by the very filter of Pillow's BILINEAR."""
    return functional.interpolate(pictures, (side, side), mode="bilinear", antialias=True, align_corners=False)


class ReadingLoss:
    """Of pictures that are drawn, then made a little worse, as generated ones are."""

    def __init__(self, reader: Reader, sentences: Sentences, drawings: DrawingStore, settings: ReaderSettings) -> None:
        """Drawings of all sizes, with new captions in every step."""
        self.reader = reader
        self.sentences = sentences
        self.drawings = drawings
        self.settings = settings
        self.device = next(reader.parameters()).device

    def __call__(self, step: int) -> Tensor:
        """Loss of one step (a scalar)."""
        generator = generator_for(self.settings.seed, step)
        pictures, scenes = self._drawn(generator)
        rng = random.Random(f"{self.settings.seed}/{step}")
        captions = [write_caption(scene, rng, keep=rng.choice((1.0, 1.0, KEEP_SHARE))) for scene in scenes]
        worse = worsened(jittered(pictures, generator), generator).to(self.device)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            seen = self.reader(worse)
        labels = labels_of(scenes).to(self.device)
        answers = self.reader.answers(seen)
        read = [functional.cross_entropy(answer, labels[:, column]) for column, answer in enumerate(answers)]
        return torch.stack(read).mean() + self.settings.contrast * self.reader.contrast(seen, self.sentences(captions))

    def _drawn(self, generator: torch.Generator) -> tuple[Tensor, list[Scene]]:
        sizes = Counter(self.drawings.draw_size(generator) for _ in range(self.settings.batch))
        pictures, scenes = [], []
        for size, count in sorted(sizes.items()):
            some, _, rows = self.drawings.batch(size, count, generator)
            pictures.append(squashed(some, self.settings.side))
            scenes += [self.drawings.scene(size, row) for row in rows]
        return half_mirrored(torch.cat(pictures), scenes, generator)


def half_mirrored(pictures: Tensor, scenes: Sequence[Scene], generator: torch.Generator) -> tuple[Tensor, list[Scene]]:
    """Half of some pictures, drawn at random, with left and right exchanged, and what all of them show then."""
    flips = torch.rand(len(pictures), generator=generator) < 0.5
    exchanged = torch.where(flips[:, None, None, None], pictures.flip(3), pictures)
    return exchanged, [mirrored(scene) if flip else scene for scene, flip in zip(scenes, flips, strict=True)]


def jittered(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Each picture moved and scaled by a few pixels of its own; what comes in at the edges repeats them."""
    count = len(pictures)
    turns = torch.zeros(count, 2, 3)
    turns[:, [0, 1], [0, 1]] = 1 + MOST_SCALED * (2 * torch.rand(count, 2, generator=generator) - 1)
    turns[:, :, 2] = MOST_MOVED * (2 * torch.rand(count, 2, generator=generator) - 1)
    grid = functional.affine_grid(turns, list(pictures.shape), align_corners=False)
    return functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def train_reader(
    folder: Path, store: DrawingStore, budget: Budget, stop: Stop, settings: ReaderSettings | None = None
) -> bool:
    """Train for the budget, from `folder/reader.pt` where it exists; whether the budget was used up.

    Raises:
        FileNotFoundError: The text encoder has not been trained yet.
    """
    settings = settings or ReaderSettings()
    sentences = sentences_in(folder, settings)
    to_fastest(sentences.text)
    reader = Reader(settings, label_directions(sentences))
    to_fastest(reader)
    loss = ReadingLoss(reader, sentences, store, settings)
    trainer = Trainer(
        reader, loss, folder / READER_FILE, peak_rate=settings.peak_rate, averaging=settings.averaging
    )  # fmt: skip
    return trainer.train(budget, stop)


def sentences_in(folder: Path, settings: ReaderSettings | None = None) -> Sentences:
    """What the trained text encoder of a folder understands.

    Raises:
        FileNotFoundError: It has not been trained yet.
    """
    return Sentences(load_text_encoder(folder, (settings or ReaderSettings()).text), tokenizer_in(folder))


def load_reader(folder: Path, settings: ReaderSettings | None = None) -> Reader:
    """The trained reader (averaged weights), in evaluation mode, on the processor.

    Raises:
        FileNotFoundError: It, or the text encoder, has not been trained yet.
    """
    settings = settings or ReaderSettings()
    reader = Reader(settings, label_directions(sentences_in(folder, settings)))
    state = torch.load(folder / READER_FILE, map_location="cpu", weights_only=True)
    reader.load_state_dict(state["average"])
    return reader.eval()


@torch.inference_mode()
def read_pictures(reader: Reader, pictures: Tensor) -> Tensor:
    """Label numbers that are read, shape (n, 11), from pictures in -1..1 of one size, shape (n, 3, h, w)."""
    answers = reader.answers(reader(squashed(pictures, reader.side)))
    return torch.stack([answer.argmax(dim=1) for answer in answers], dim=1)


def reading_accuracy(folder: Path, count: int = 300, settings: ReaderSettings | None = None) -> dict[str, float]:
    """Share of new drawings, of combinations that are never trained on, that is read right, in percent, by attribute.

    They come in all sizes, one after the other; `mean` is that of all attributes.
    """
    reader = load_reader(folder, settings)
    right = []
    for number in range(count):
        scene, seed = numbered_scene(SERIES, number, held_out=True)
        pixels = paint(scene, seed, SIZES[number % len(SIZES)]).pixels
        right.append(read_pictures(reader, to_tensor(np.asarray(pixels)[None])) == labels_of([scene]))
    shares = 100 * torch.cat(right).float().mean(dim=0)
    figures = dict(zip(ATTRIBUTES, shares.tolist(), strict=True)) | {"mean": float(shares.mean())}
    return {name: round(share, 1) for name, share in figures.items()}


def write_reader(reader: Reader, target: Path) -> None:
    """Write `image_encoder/` (half precision) and `questions.json` into a model folder that has the text encoder."""
    encoder = target / "image_encoder"
    reader.images.half().save_pretrained(encoder)
    config = json.loads((encoder / "config.json").read_text(encoding="utf-8"))
    # As its neighbours are loaded, whatever is stored.
    _write_json(encoder / "config.json", config | {"dtype": "float32"})
    _write_json(encoder / "preprocessor_config.json", _preparation(reader.side))
    _write_json(target / "questions.json", _asked(reader))


def _preparation(side: int) -> dict[str, object]:
    """What transformers' `CLIPImageProcessor` is to do with a picture: what `squashed` does, to values in -1..1."""
    return {
        "image_processor_type": "CLIPImageProcessor",
        "do_convert_rgb": True,
        "do_resize": True,
        "size": {"height": side, "width": side},
        "resample": 2,
        "do_center_crop": False,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
    }


def _asked(reader: Reader) -> dict[str, object]:
    """Attributes with their labels' sentences and their sharpness, and how a sentence is made of the answers."""
    factors = reader.sharpness.detach().float().clamp(max=MOST_SHARPNESS).exp().tolist()
    attributes = {}
    for (name, labels), factor in zip(questions().items(), factors, strict=True):
        told = {
            label: {
                "sentences": list(sentences),
                "words": list(words_of(name, label)),
                **({"several": True} if name == "count" and label in ("2", "3") else {}),
            }
            for label, sentences in labels.items()
        }
        attributes[name] = {"sharpness": round(factor, 4), "labels": told}
    return {
        "version": 1,
        "attributes": attributes,
        "sentence": [{"needs": needs, "text": text} for needs, text in SENTENCE],
    }


def _write_json(file: Path, values: object) -> None:
    file.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
