"""Teaches the text encoder what sentences mean, before the denoiser listens to it.

From a denoiser's loss alone a text encoder learns its words slowly, one after another: after 1,600 steps it knew little
but the time of day. Asked directly to name the attributes of the scene, it learns nearly all of them in minutes; the
heads that answer are thrown away.
"""

import random
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTokenizer

from bundled_model.attributes import ATTRIBUTES, labels_of
from bundled_model.captions import write_caption
from bundled_model.scene import sample_scene
from bundled_model.tokenizer import END
from bundled_model.training import Budget, Stop, Trainer, to_fastest

BATCH = 96
TOKENS = 48
"""Captions are shorter than this; states do not depend on the padding behind them, as the encoder looks back only."""
PEAK_RATE = 1e-3
WORDS_FILE = "words.pt"


class CaptionReader(nn.Module):
    """The text encoder and one head an attribute, on the state at the end token and the mean of all before it."""

    def __init__(self, text: CLIPTextModel, end: int) -> None:
        """`end` is the number of the end token."""
        super().__init__()
        self.text = text
        self.end = end
        width = 2 * text.config.hidden_size
        self.heads = nn.ModuleList(nn.Linear(width, len(labels)) for labels in ATTRIBUTES.values())

    def forward(self, words: Tensor) -> list[Tensor]:
        """Scores by attribute, from token numbers of shape (n, tokens)."""
        states = self.text(input_ids=words).last_hidden_state
        is_end = words == self.end
        last = states[torch.arange(len(words)), is_end.int().argmax(dim=1)]
        inside = (~is_end).unsqueeze(-1).to(states.dtype)
        mean = (states * inside).sum(dim=1) / inside.sum(dim=1)
        features = torch.cat([last, mean], dim=1)
        return [head(features) for head in self.heads]


class CaptionLoss:
    """Cross-entropy of the attributes that are read from captions of trained scenes."""

    def __init__(self, model: CaptionReader, tokenizer: CLIPTokenizer, seed: int = 41) -> None:
        """Captions of ever new scenes."""
        self.model = model
        self.tokenizer = tokenizer
        self.seed = seed
        self.device = next(model.parameters()).device

    def __call__(self, step: int) -> Tensor:
        """Loss of one step (a scalar)."""
        rng = random.Random(f"{self.seed}/{step}")
        scenes = [sample_scene(rng) for _ in range(BATCH)]
        captions = [write_caption(scene, rng) for scene in scenes]
        words = self.tokenizer(
            captions, padding="max_length", max_length=TOKENS, truncation=True, return_tensors="pt"
        ).input_ids
        labels = labels_of(scenes).to(self.device)
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            scores = self.model(words.to(self.device))
        losses = [functional.cross_entropy(score.float(), labels[:, column]) for column, score in enumerate(scores)]
        return torch.stack(losses).sum()


def train_words(folder: Path, text: CLIPTextModel, tokenizer: CLIPTokenizer, budget: Budget, stop: Stop) -> bool:
    """Train `text` for the budget, from `folder/words.pt` where it exists; whether the budget was used up."""
    model = CaptionReader(text, tokenizer.get_vocab()[END])
    to_fastest(model)
    loss = CaptionLoss(model, tokenizer)
    return Trainer(model, loss, folder / WORDS_FILE, peak_rate=PEAK_RATE, averaging=0.98).train(budget, stop)


def load_words(folder: Path, text: CLIPTextModel) -> bool:
    """Give `text` what it learned from captions; whether there was anything to give."""
    file = folder / WORDS_FILE
    if not file.exists():
        return False
    learned = torch.load(file, map_location="cpu", weights_only=True)["average"]
    text.load_state_dict({name.removeprefix("text."): v for name, v in learned.items() if name.startswith("text.")})
    return True
